using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Output;

/// <summary>Shows a run that is being followed: a live picture, plain lines, JSON lines, or nothing.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>Something is new, or, without an update, time has passed.</summary>
    void Show(DisplayModel model, RunUpdate? update);

    /// <summary>Says one thing that is not an event of the run, such as that it is being saved.</summary>
    void Note(DisplayModel model, string words);
}

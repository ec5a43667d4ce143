using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Output;

/// <summary>Shows no progress; <c>--quiet</c>.</summary>
internal sealed class SilentView : IRunView
{
    public void Show(DisplayModel model, RunUpdate? update) { }

    public void Note(DisplayModel model, string words) { }

    public void Dispose() { }
}

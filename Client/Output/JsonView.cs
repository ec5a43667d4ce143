using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Output;

/// <summary>One JSON object a line: each epoch, each event, and a heartbeat of progress.</summary>
internal sealed class JsonView(TextWriter writer, TimeProvider clock) : IRunView
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    private DateTimeOffset _beat = DateTimeOffset.MinValue;

    public void Show(DisplayModel model, RunUpdate? update)
    {
        if (update is null)
        {
            return;
        }

        foreach (var happening in update.Events)
        {
            RunJson.WriteLine(writer, RunJson.Event(model.RunId, happening));
        }

        foreach (var epoch in update.Epochs)
        {
            RunJson.WriteLine(writer, RunJson.Epoch(model.RunId, epoch));
        }

        if (clock.GetUtcNow() - _beat >= Beat)
        {
            _beat = clock.GetUtcNow();
            RunJson.WriteLine(writer, RunJson.Progress(model.RunId, update.State, update.Progress));
        }
    }

    public void Note(DisplayModel model, string words) =>
        RunJson.WriteLine(writer, RunJson.Note(model.RunId, clock.GetUtcNow(), words));

    public void Dispose() => writer.Flush();
}

using System.Globalization;
using System.Text;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Output;

/// <summary>One <c>key=value</c> line for each epoch and event, and a heartbeat within long epochs; no escape byte.</summary>
internal sealed class PlainView(TextWriter writer, TimeProvider clock) : IRunView
{
    private static readonly TimeSpan LeastSilence = TimeSpan.FromSeconds(30);

    // With 200 epochs of one line each, a whole run stays below 300 lines however long its epochs are.
    private const int HeartbeatsOfARun = 80;

    private DateTimeOffset _spoke = clock.GetUtcNow();
    private string _activity = "";
    private bool _toldLoss;

    public void Show(DisplayModel model, RunUpdate? update)
    {
        foreach (var happening in update?.Events ?? [])
        {
            // An epoch has its own line, and its checkpoint is told by the lines that are missing when it failed.
            if (happening.Kind is not ("epoch" or "checkpoint"))
            {
                Say(
                    $"{Time(happening.Time)} run={model.RunId} event={happening.Kind} message={Quote(happening.Message)}"
                );
            }
        }

        foreach (var epoch in update?.Epochs ?? [])
        {
            Say(Epoch(model, epoch));
        }

        var silence = clock.GetUtcNow() - _spoke;
        var isLost = model.LostSince is { } since && clock.GetUtcNow() - since >= TimeSpan.FromSeconds(3);
        if (isLost && !_toldLoss)
        {
            Say(Heartbeat(model));
        }

        _toldLoss = isLost;
        if (!model.IsOver && (silence >= Patience(model.Progress) || Announces(model.Progress, silence)))
        {
            _activity = model.Progress.Activity;
            Say(Heartbeat(model));
        }
    }

    public void Note(DisplayModel model, string words) =>
        Say($"{Time(clock.GetUtcNow())} run={model.RunId} message={Quote(words)}");

    public void Dispose() => writer.Flush();

    private static TimeSpan Patience(RunProgress progress)
    {
        var whole = progress.Left is { } left ? progress.Elapsed + left : TimeSpan.Zero;
        var share = whole / HeartbeatsOfARun;
        return share > LeastSilence ? share : LeastSilence;
    }

    // Before the first round people wait for data and trainers: that is said after three seconds, once for each thing waited for.
    private bool Announces(RunProgress progress, TimeSpan silence) =>
        progress.Round == 0
        && progress.Activity.Length > 0
        && progress.Activity != _activity
        && silence >= TimeSpan.FromSeconds(3);

    private string Epoch(DisplayModel model, EpochResult epoch)
    {
        var line = new StringBuilder(
            $"{Time(clock.GetUtcNow())} run={model.RunId} epoch={epoch.Epoch}/{model.Specification.TotalEpochs} phase={epoch.Phase}"
        );
        Add(line, "loss", epoch.TrainLoss, "0.0000");
        Add(line, "acc", epoch.Accuracy, "0.000");
        Add(line, "many", epoch.Many, "0.000");
        Add(line, "medium", epoch.Medium, "0.000");
        Add(line, "few", epoch.Few, "0.000");
        Add(line, "lr", epoch.LearningRate, "0.########");
        Add(line, "img_s", epoch.ImagesPerSecond, "0");
        Add(line, "eta_s", model.Progress.Left?.TotalSeconds, "0");
        return line.ToString();
    }

    private string Heartbeat(DisplayModel model)
    {
        var progress = model.Progress;
        var line = new StringBuilder(
            $"{Time(clock.GetUtcNow())} run={model.RunId} state={model.State.Word()}"
        );
        if (model.LostSince is { } since)
        {
            Add(line, "reconnecting_s", (clock.GetUtcNow() - since).TotalSeconds, "0");
        }

        if (progress.Activity.Length > 0)
        {
            line.Append($" activity={Quote(progress.Activity)}");
        }

        if (progress.Rounds > 0)
        {
            line.Append(
                $" epoch={progress.Epoch}/{progress.Epochs} round={progress.RoundOfEpoch}/{progress.RoundsPerEpoch}"
            );
            Add(line, "loss", progress.Loss, "0.0000");
            Add(line, "img_s", progress.ImagesPerSecond, "0");
            Add(line, "eta_s", progress.Left?.TotalSeconds, "0");
        }

        return line.ToString();
    }

    private void Say(string line)
    {
        writer.WriteLine(line);
        writer.Flush();
        _spoke = clock.GetUtcNow();
    }

    private static void Add(StringBuilder line, string key, double? value, string format)
    {
        if (value is { } number && double.IsFinite(number))
        {
            line.Append($" {key}={number.ToString(format, CultureInfo.InvariantCulture)}");
        }
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // One record a line and no escape byte, whatever a message holds.
    private static string Quote(string words) =>
        $"\"{string.Concat(words.Select(c => char.IsControl(c) ? ' ' : c == '"' ? '\'' : c))}\"";
}

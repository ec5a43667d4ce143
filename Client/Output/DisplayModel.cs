using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>What is known of a run that is being followed: statuses and updates in, nothing drawn.</summary>
internal sealed class DisplayModel
{
    private const int EventsKept = 50;

    private readonly List<EpochResult> _epochs = [];
    private readonly List<RunEvent> _events = [];
    private DateTimeOffset _progressAt;

    public DisplayModel(RunSnapshot status, DateTimeOffset now)
    {
        RunId = status.RunId;
        Name = status.Settings.Name;
        Folder = status.Folder;
        Specification = SpecificationDocument.Read(status.Specification);
        ClassNames = status.ClassNames;
        ClassCounts = status.ClassCounts;
        State = status.State;
        Progress = status.Progress;
        _epochs.AddRange(status.Epochs);
        _progressAt = now;
    }

    public string RunId { get; }

    public string Name { get; }

    public string Folder { get; }

    public RunSpecification Specification { get; }

    /// <summary>Empty until the data is open.</summary>
    public IReadOnlyList<string> ClassNames { get; private set; }

    public IReadOnlyList<int> ClassCounts { get; private set; }

    public RunStatus State { get; private set; }

    public RunProgress Progress { get; private set; }

    public IReadOnlyList<EpochResult> Epochs => _epochs;

    /// <summary>Oldest first; only the latest are kept.</summary>
    public IReadOnlyList<RunEvent> Events => _events;

    /// <summary>The connection to the run's silo is lost since then; null while it holds.</summary>
    public DateTimeOffset? LostSince { get; private set; }

    /// <summary>Shown in place of the hint at the bottom, such as that the run is being saved; null for none.</summary>
    public string? Notice { get; set; }

    public bool IsOver => State is RunStatus.Stopped or RunStatus.Finished or RunStatus.Failed;

    /// <summary>The newest epoch that was evaluated.</summary>
    public EpochResult? Evaluated => _epochs.LastOrDefault(epoch => epoch.Accuracy is not null);

    /// <summary>The most accurate epoch; of equals the earliest.</summary>
    public EpochResult? Best =>
        _epochs.Where(epoch => epoch.Accuracy is not null).MaxBy(epoch => epoch.Accuracy);

    /// <summary>Takes in what is new. An epoch that is known already is replaced, so that asking twice shows it once.</summary>
    public void Apply(RunUpdate update, DateTimeOffset now)
    {
        State = update.State;
        Progress = update.Progress;
        _progressAt = now;
        LostSince = null;
        foreach (var epoch in update.Epochs)
        {
            _epochs.RemoveAll(known => known.Epoch >= epoch.Epoch);
            _epochs.Add(epoch);
        }

        _events.AddRange(update.Events);
        _events.RemoveRange(0, Math.Max(0, _events.Count - EventsKept));
    }

    /// <summary>Takes in what only the whole status says.</summary>
    public void Apply(RunSnapshot status)
    {
        State = status.State;
        ClassNames = status.ClassNames;
        ClassCounts = status.ClassCounts;
    }

    /// <summary>The silo did not answer.</summary>
    public void Lose(DateTimeOffset now) => LostSince ??= now;

    /// <summary>Elapsed and left, carried on since the last report so that the clock does not stand still between two.</summary>
    public (TimeSpan Elapsed, TimeSpan? Left) Clock(DateTimeOffset now)
    {
        var since = State is RunStatus.Running && LostSince is null ? now - _progressAt : TimeSpan.Zero;
        return (
            Progress.Elapsed + since,
            Progress.Left is { } left ? TimeSpan.FromTicks(Math.Max(0, (left - since).Ticks)) : null
        );
    }
}

using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>What a run left behind of its life: all that a diagnosis is made from.</summary>
public sealed record RunEvidence
{
    /// <summary>What became of it.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>Its timeline, in the order it was written.</summary>
    public required IReadOnlyList<EventRecord> Events { get; init; }

    /// <summary>Its epochs, in order.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>The time of asking, UTC.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether it is training at that time.</summary>
    public required bool IsLive { get; init; }

    /// <summary>What every command that is offered ends with, such as <c> --cluster host:30000</c>; empty for none.</summary>
    public string Flag { get; init; } = "";

    /// <summary>Reads a run's folder.</summary>
    /// <param name="folder">The run's, or a copy of it.</param>
    /// <param name="now">The time of asking.</param>
    /// <param name="isLive">Whether it is training.</param>
    /// <param name="flag">See <see cref="Flag"/>.</param>
    /// <exception cref="FaultException">MM5001: its record cannot be read.</exception>
    public static RunEvidence Read(RunFolder folder, DateTimeOffset now, bool isLive, string flag = "") =>
        new()
        {
            Record = RunRecord.Read(folder.Record),
            Events = EventLog.Read(folder.Events),
            Epochs = MetricsCsv.Read(folder.Metrics),
            Now = now,
            IsLive = isLive,
            Flag = flag,
        };

    /// <summary>When it ended, or how far what is known of it reaches.</summary>
    public DateTimeOffset End =>
        Record.Ended ?? (IsLive || Events.Count == 0 ? Now : Events.Max(happened => happened.Time));

    /// <summary>Its status; <c>interrupted</c> where the record says that it goes on and nobody trains it.</summary>
    public RunStatus Standing => Record.Status.Shown(IsLive);

    /// <summary>The incidents of a kind, with the events that tell of them.</summary>
    internal IEnumerable<(EventRecord Event, T What)> All<T>()
        where T : Incident
    {
        foreach (var happened in Events)
        {
            if (Incident.Of(happened) is T what)
                yield return (happened, what);
        }
    }

    /// <summary>A command about this run.</summary>
    /// <param name="verb">Such as <c>resume</c>.</param>
    /// <param name="more">What follows the run's id.</param>
    internal string Mm(string verb, string more = "") => $"mm {verb} {Record.Id}{more}{Flag}";
}

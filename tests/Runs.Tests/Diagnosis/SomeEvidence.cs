using MMOrleans.Runs.Diagnosis;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Tests.Folders;

namespace MMOrleans.Runs.Tests.Diagnosis;

/// <summary>A run's records, made up second by second: it starts at second 0, with one epoch every ten seconds from second 2 on.</summary>
internal sealed class SomeEvidence
{
    private readonly List<EventRecord> _events = [];
    private readonly List<EpochResult> _rows = [];

    public static DateTimeOffset At(double second) => SomeRun.Time.AddSeconds(second);

    public RunRecord Record { get; set; } =
        SomeRun.Record("r-7f3k9q") with
        {
            Status = RunStatus.Finished,
            Started = At(0),
            Error = null,
            Trainers = [new("silo-0/t0", "cpu"), new("silo-1/t0", "cpu")],
        };

    public bool IsLive { get; set; }

    public SomeEvidence Add(double second, string kind, Incident? incident = null, string message = "")
    {
        _events.Add(
            new()
            {
                Time = At(second),
                Event = kind,
                Epoch = 2,
                Round = 34,
                Message = message,
                Fields = incident is null ? null : new(incident.ToFields()),
            }
        );
        return this;
    }

    /// <summary>An epoch that ends then.</summary>
    /// <param name="second">When.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="evaluation">How much of that was the evaluation.</param>
    /// <param name="shares">Of the trainers.</param>
    public SomeEvidence Epoch(double second, double seconds, double evaluation, params TrainerShare[] shares)
    {
        var epoch = _rows.Count + 1;
        _rows.Add((SomeRun.Row(epoch) with { Seconds = seconds }).With("evaluate_seconds", evaluation));
        _events.Add(
            new()
            {
                Time = At(second),
                Event = "epoch",
                Key = $"epoch-{epoch}",
                Epoch = epoch,
                Round = epoch * 97,
                Fields = new([TrainerShare.ToField(shares)]),
            }
        );
        return this;
    }

    /// <summary>A trainer that computes so much of its time, and waits for the rest: ten images of each slot a second.</summary>
    public static TrainerShare Share(string trainer, double compute, int slots = 2) =>
        new(trainer, slots, 10 * slots, 1, 0, compute, 0, 1 - compute);

    public RunEvidence Evidence(double now = 100) =>
        new()
        {
            Record = Record,
            Events = _events,
            Epochs = _rows,
            Now = At(now),
            IsLive = IsLive,
            Flag = " --cluster a:1",
        };

    public IReadOnlyList<Finding> Findings(double now = 100) => RunDiagnosis.Of(Evidence(now)).Findings;
}

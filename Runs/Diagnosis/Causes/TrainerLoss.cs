using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>The loss of one trainer, put together from what was told of it: going, the others' next round, coming back, its own word.</summary>
internal sealed record TrainerLoss(EventRecord Event, TrainerLeft Left)
{
    // Coordinator, run and trainer report the same loss at different times.
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(10);

    // Who was there lately is what an epoch's event says.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(2);

    public RoundHealed? Healed { get; private init; }

    /// <summary>Others had taken its slots before it was given up.</summary>
    public TrainerMissed? Missed { get; private init; }

    public EventRecord? Back { get; private init; }

    public TrainerStalled? Stalled { get; private init; }

    /// <summary>Whether its process was there and did not run.</summary>
    public bool IsFreeze => Stalled is not null || Left.Port == PortAnswer.Open;

    /// <summary>Those of a run that nobody had asked for, in order; where states differed, <see cref="Disputes"/> tells.</summary>
    public static IReadOnlyList<TrainerLoss> All(RunEvidence evidence)
    {
        List<TrainerLoss> losses = [];
        foreach (var (happened, left) in evidence.All<TrainerLeft>().Where(found => IsLoss(found.What)))
        {
            var before = losses.FindLast(loss => loss.Left.Trainer == left.Trainer);
            // A coordinator that follows another one may say once more what that one said.
            if (before is not null && !(before.Back?.Time <= happened.Time))
                continue;
            var back = Return(evidence, left.Trainer, happened.Time);
            var until = back is null ? DateTimeOffset.MaxValue : back.Time + Around;
            var missed = First<TrainerMissed>(
                missed => missed.Trainer,
                happened.Time - Around,
                happened.Time
            );
            losses.Add(
                new(
                    happened,
                    // A silo that was back so soon has itself answered for the one before it.
                    left.Port == PortAnswer.Open
                    && WasReplaced(evidence, left.Trainer, happened.Time)
                        ? left with
                        {
                            Port = PortAnswer.Replaced,
                        }
                        : left
                )
                {
                    Back = back,
                    Missed = missed,
                    Healed = First<RoundHealed>(
                        healed => healed.Trainer,
                        missed is null ? happened.Time : happened.Time - Around,
                        until
                    ),
                    Stalled = First<TrainerStalled>(
                        stalled => stalled.Trainer,
                        happened.Time - Around,
                        until
                    ),
                }
            );

            T? First<T>(Func<T, string> trainer, DateTimeOffset from, DateTimeOffset to)
                where T : Incident =>
                evidence
                    .All<T>()
                    .FirstOrDefault(told =>
                        trainer(told.What) == left.Trainer && told.Event.Time >= from && told.Event.Time <= to
                    )
                    .What;
        }

        return losses;
    }

    private static bool IsLoss(TrainerLeft left) =>
        left.Detected is Detection.Beats or Detection.Membership or Detection.Cut or Detection.Hung
        || (left.Detected == Detection.Report && left.Code != "MM4001");

    /// <summary>Whether the process that came next had begun before the loss was noticed.</summary>
    private static bool WasReplaced(RunEvidence evidence, string trainer, DateTimeOffset noticed) =>
        evidence
            .All<TrainerJoined>()
            .FirstOrDefault(told => told.What.Trainer == trainer && told.Event.Time >= noticed)
            .What
            is { ProcessSince: { } since }
        && since <= noticed;

    /// <summary>The first that is heard of a trainer after its loss.</summary>
    private static EventRecord? Return(RunEvidence evidence, string trainer, DateTimeOffset lost) =>
        evidence.Events.FirstOrDefault(happened =>
            (
                happened.Time > lost
                && Incident.Of(happened) is TrainerJoined joined
                && joined.Trainer == trainer
            )
            || (
                happened.Time > lost + Lately
                && TrainerShare.Of(happened).Any(share => share.Trainer == trainer)
            )
        );

    /// <summary>What is known of it.</summary>
    public IReadOnlyList<Evidence> Evidence()
    {
        List<Evidence> lines = [new("noticed", Noticed())];
        if (Left.SlotCount > 0)
            lines.Add(
                new(
                    "recomputed",
                    Left.Heirs.Count > 0
                        ? $"{Words.Count(Left.SlotCount, "slot")} ({Left.Slots}) of the open round, by {Words.List(Left.Heirs)}"
                        : $"{Words.Count(Left.SlotCount, "slot")} ({Left.Slots}); nobody was left to take them at once"
                )
            );
        if (Healed is { } healed)
            lines.Add(
                new(
                    "how long",
                    $"next round {Words.Seconds(healed.Seconds)} after {(Missed is null ? "the notice" : "it was missed")}"
                        + (
                            (Missed?.SilentSeconds ?? Left.SilentSeconds) is { } silent
                                ? $", {Words.Seconds(silent + healed.Seconds)} after its last heartbeat"
                                : ""
                        )
                )
            );
        lines.Add(
            new(
                "since then",
                Back is { } back
                    ? $"back at {Words.Time(back.Time)}, {Words.Seconds((back.Time - Event.Time).TotalSeconds)} later"
                    : "it has not come back"
            )
        );
        return lines;
    }

    private string Noticed()
    {
        var silent = Left.SilentSeconds is { } seconds
            ? $" {Words.Seconds(seconds)} after its last heartbeat"
            : "";
        var how = Left.Detected switch
        {
            Detection.Membership => $"membership declared {Left.Silo} dead{silent}",
            Detection.Beats => $"its heartbeats stayed away: {Left.Reason}",
            Detection.Cut => $"the others could not reach it: {Left.Reason}",
            Detection.Hung => $"the others waited for it: {Left.Reason}",
            _ => $"its own report: {Left.Reason}",
        };
        return Left.Port switch
        {
            PortAnswer.Refused => $"{how}; its port refuses connections",
            PortAnswer.Open => $"{how}; its port still takes connections",
            PortAnswer.Silent => $"{how}; its machine does not answer",
            PortAnswer.Replaced => $"{how}; another process of its name was there already",
            _ => how,
        };
    }
}

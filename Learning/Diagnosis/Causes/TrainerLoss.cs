using MMOrleans.Learning.Incidents;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Learning.Diagnosis.Causes;

/// <summary>The loss of one trainer, put together from what was told of it: going, the others' next round, coming back, its own word.</summary>
internal sealed record TrainerLoss(EventRecord Event, TrainerLeft Left)
{
    // The coordinator knocks before it tells, so that whoever runs again may have said so first.
    private static readonly TimeSpan Earlier = TimeSpan.FromSeconds(10);

    public RoundHealed? Healed { get; private init; }

    public EventRecord? Back { get; private init; }

    public TrainerStalled? Stalled { get; private init; }

    /// <summary>Whether its process was there and did not run.</summary>
    public bool IsFreeze => Stalled is not null || Left.Port == PortAnswer.Open;

    /// <summary>Those of a run that nobody had asked for, in order; where states differed, <see cref="Disputes"/> tells.</summary>
    public static IReadOnlyList<TrainerLoss> All(RunEvidence evidence)
    {
        var left = evidence.All<TrainerLeft>().ToList();
        return
        [
            .. left.Where(loss =>
                    loss.What.Detected is Detection.Beats or Detection.Membership or Detection.Cut
                    || (loss.What.Detected == Detection.Report && loss.What.Code != "MM4001")
                )
                .Select(loss =>
                {
                    var from = loss.Event.Time;
                    var until = left.Where(next => next.What.Trainer == loss.What.Trainer && next.Event.Time > from)
                        .Select(next => next.Event.Time)
                        .DefaultIfEmpty(DateTimeOffset.MaxValue)
                        .Min();
                    return new TrainerLoss(loss.Event, loss.What)
                    {
                        Healed = Within(evidence.All<RoundHealed>(), h => h.Trainer).What,
                        Back = Within(evidence.All<TrainerJoined>(), j => j.Trainer).Event,
                        Stalled = Within(evidence.All<TrainerStalled>(), s => s.Trainer, Earlier).What,
                    };

                    (EventRecord? Event, T? What) Within<T>(
                        IEnumerable<(EventRecord Event, T What)> told,
                        Func<T, string> trainer,
                        TimeSpan earlier = default
                    )
                        where T : Incident =>
                        told.FirstOrDefault(t =>
                            trainer(t.What) == loss.What.Trainer && t.Event.Time >= from - earlier && t.Event.Time < until
                        );
                }),
        ];
    }

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
                    $"next round {Words.Seconds(healed.Seconds)} after the notice"
                        + (Left.SilentSeconds is { } silent ? $", {Words.Seconds(silent + healed.Seconds)} after its last beat" : "")
                )
            );
        lines.Add(
            new(
                "since then",
                Back is { } back ? $"back at {Words.Time(back.Time)}, {Words.Seconds((back.Time - Event.Time).TotalSeconds)} later"
                    : "it has not come back"
            )
        );
        return lines;
    }

    private string Noticed()
    {
        var silent = Left.SilentSeconds is { } seconds ? $" {Words.Seconds(seconds)} after its last beat" : "";
        var how = Left.Detected switch
        {
            Detection.Membership => $"membership declared {Left.Silo} dead{silent}",
            Detection.Beats => $"its beats stayed away: {Left.Reason}",
            Detection.Cut => $"the others could not reach it: {Left.Reason}",
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

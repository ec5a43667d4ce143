using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis;

/// <summary>What became of the rounds after a stretch's last whole epoch.</summary>
internal enum RestOfStretch
{
    /// <summary>There are none: the run was done.</summary>
    None,

    /// <summary>They count: they are in a checkpoint, or still under way.</summary>
    Kept,

    /// <summary>They are gone, or were computed once more.</summary>
    Lost,
}

/// <summary>A time in which a run was trained without a break: from a start or a resumption to its end.</summary>
/// <param name="Start">When it was started.</param>
/// <param name="End">When it ended; the last that is known of it where it broke off.</param>
/// <param name="Began">When its first round was complete; null when none was.</param>
/// <param name="Rest">What became of its rounds after the last whole epoch.</param>
internal sealed record Stretch(
    DateTimeOffset Start,
    DateTimeOffset End,
    DateTimeOffset? Began,
    RestOfStretch Rest
)
{
    /// <summary>All of a run, in order.</summary>
    public static IReadOnlyList<Stretch> Of(RunEvidence evidence)
    {
        var events = evidence.Events;
        var starts = Enumerable
            .Range(0, events.Count)
            .Where(i => events[i].Event is "started" or "resumed")
            .ToList();
        return
        [
            .. starts.Select(
                (from, i) =>
                {
                    var isLast = i + 1 == starts.Count;
                    var own = events
                        .Skip(from + 1)
                        .Take((isLast ? events.Count : starts[i + 1]) - from - 1)
                        .TakeWhile(happened => Incident.Of(happened) is not RunQueued)
                        .ToList();
                    var end = own.FirstOrDefault(IsEnd);
                    var began = own.FirstOrDefault(happened => Incident.Of(happened) is RunBegan);
                    return new Stretch(
                        events[from].Time,
                        end?.Time
                            ?? (
                                isLast
                                    ? evidence.End
                                    : own.Select(e => e.Time).Append(events[from].Time).Max()
                            ),
                        began?.Time,
                        RestOf(
                            end,
                            isLast ? null : Incident.Of(events[starts[i + 1]]) as RunContinued,
                            isLast && evidence.IsLive
                        )
                    );
                }
            ),
        ];
    }

    private static bool IsEnd(EventRecord happened) =>
        happened.Event is "finished" or "stopped"
        || (happened.Event == "error" && Incident.Of(happened) is not null);

    private static RestOfStretch RestOf(EventRecord? end, RunContinued? next, bool isLive) =>
        next is not null && next.ReachedRound > next.FromRound ? RestOfStretch.Lost
        : end?.Event == "finished" ? RestOfStretch.None
        : next is not null || end?.Event == "stopped" || isLive ? RestOfStretch.Kept
        : RestOfStretch.Lost;
}

using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Stores that were away while the run went on.</summary>
internal static class Outages
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        foreach (var (happened, lost) in evidence.All<StoreLost>())
        {
            var back = evidence
                .All<StoreBack>()
                .FirstOrDefault(b => b.What.Store == lost.Store && b.Event.Time >= happened.Time);
            var store = char.ToUpperInvariant(lost.Store[0]) + lost.Store[1..];
            yield return new(
                "store_away",
                back.What is { } again
                    ? $"{store} was away for {Words.Seconds(again.Seconds)} until {Words.Time(back.Event.Time)}; training went on, {Words.Count(again.Rounds, "round")} meanwhile."
                    : $"{store} has been away since {Words.Time(happened.Time)}; training goes on without it."
            )
            {
                Time = happened.Time,
                Evidence =
                [
                    new("why", lost.Cause),
                    new("noticed", $"{Words.Time(happened.Time)}, {Words.Where(happened)}"),
                    new("recomputed", "nothing: no round needs it"),
                ],
                Next = back.What is null ? "mm doctor" + evidence.Flag : null,
            };
        }
    }
}

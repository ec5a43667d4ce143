using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Times that the run went back to a checkpoint without being asked.</summary>
internal static class Restarts
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var restarts = evidence.All<RunContinued>().Where(found => found.What.Reason is not null).ToList();
        if (restarts.Count == 0)
            yield break;
        var (last, what) = restarts[^1];
        var before = evidence.Events.TakeWhile(happened => happened != last).LastOrDefault();
        var lost = Math.Max(0, what.ReachedRound - what.FromRound);
        List<Evidence> lines =
        [
            new("why", what.Reason!),
            new(
                "went back",
                what.Checkpoint is { } checkpoint
                    ? $"to {checkpoint}, round {what.FromRound}"
                    : "to the beginning: there was no checkpoint"
            ),
            new("recomputed", Words.Count(lost, "round")),
        ];
        if (before is not null)
            lines.Add(
                new(
                    "how long",
                    $"{Words.Seconds((last.Time - before.Time).TotalSeconds)} from the last sign of life"
                        + (
                            what.WaitedSeconds > 1
                                ? $", {Words.Seconds(what.WaitedSeconds)} of them waiting for trainers"
                                : ""
                        )
                )
            );
        yield return new(
            "restart",
            restarts.Count == 1
                ? $"The run went back to its newest checkpoint at {Words.Time(last.Time)} and went on."
                : $"The run went back to its newest checkpoint {restarts.Count} times, last at {Words.Time(last.Time)}, and went on."
        )
        {
            Time = last.Time,
            Evidence = lines,
            Next = evidence.Mm("logs", " --level warning"),
        };
    }
}

using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Checkpoints that the disk refused.</summary>
internal static class UnwrittenCheckpoints
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var refused = evidence.All<CheckpointUnwritten>().ToList();
        if (refused.Count == 0)
            yield break;
        var ((first, _), (last, what)) = (refused[0], refused[^1]);
        var since = evidence.Events.FirstOrDefault(e => e.Event == "checkpoint" && e.Time > last.Time);
        yield return new(
            "checkpoint_unwritten",
            refused.Count == 1
                ? $"Checkpoint {what.Checkpoint} could not be written at {Words.Time(last.Time)} ({what.Code})."
                : $"{refused.Count} checkpoints could not be written, {Words.Time(first.Time)} to {Words.Time(last.Time)} ({what.Code})."
        )
        {
            Time = last.Time,
            Code = what.Code,
            Evidence =
            [
                new("why", what.Cause),
                new("training", "went on; nothing was recomputed"),
                new(
                    "since then",
                    since is not null ? $"{since.Message}, at {Words.Time(since.Time)}"
                        : evidence.Record.LastCheckpoint is { } newest ? $"none; the newest is {newest}"
                        : "none; there is no checkpoint at all"
                ),
                new("fix", what.Fix),
            ],
            Next = since is null ? "mm doctor" : null,
        };
    }
}

using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Checkpoints that could not be used.</summary>
internal static class DamagedCheckpoints
{
    public static IEnumerable<Finding> Find(RunEvidence evidence) =>
        evidence
            .All<CheckpointPassedOver>()
            .GroupBy(found => found.What.Checkpoint)
            .Select(found =>
            {
                var (happened, what) = found.Last();
                var used = evidence
                    .All<RunContinued>()
                    .LastOrDefault(c => c.Event.Time <= happened.Time)
                    .What;
                return new Finding(
                    "checkpoint_damaged",
                    $"Checkpoint {what.Checkpoint} is damaged and was passed over at {Words.Time(happened.Time)} (MM5001)."
                )
                {
                    Time = happened.Time,
                    Code = "MM5001",
                    Evidence =
                    [
                        new("damage", what.Damage),
                        new("noticed", "its files' hashes, before anything was loaded"),
                        new(
                            "instead",
                            used?.Checkpoint is { } other
                                ? $"{other} was used; {Words.Count(Math.Max(0, used.ReachedRound - used.FromRound), "round")} recomputed"
                                : "the run began anew: no other checkpoint was intact"
                        ),
                    ],
                    Next = $"mm checkpoints verify {evidence.Record.Id}{evidence.Flag}",
                };
            });
}

using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Trainers whose process was there and did not run: stopped by a signal, a paused machine, or no CPU time.</summary>
internal static class FrozenTrainers
{
    // Coordinator and trainer report the same standstill at different times.
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(2);

    private const string Cause =
        "stopped by a signal (SIGSTOP), paused with its machine, or without CPU time";

    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var losses = TrainerLoss.All(evidence).Where(loss => loss.IsFreeze).ToList();
        foreach (var loss in losses)
            yield return new(
                "trainer_frozen",
                $"{loss.Left.Trainer} was frozen {Words.Where(loss.Event)}, {Words.Time(loss.Event.Time)}: "
                    + (
                        loss.Stalled is { } stalled
                            ? $"its process did not run for {Words.Seconds(stalled.Seconds)}, {Cause}."
                            : $"its process is there and does not run, {Cause}."
                    )
            )
            {
                Time = loss.Event.Time,
                Trainer = loss.Left.Trainer,
                Evidence = loss.Evidence(),
                Next = evidence.Mm("logs", $" --trainer {loss.Left.Trainer}"),
            };

        var told = losses.Select(loss => loss.Stalled).OfType<TrainerStalled>().ToHashSet();
        foreach (var (happened, stalled) in evidence.All<TrainerStalled>().Where(s => !told.Contains(s.What)))
            yield return new(
                "trainer_frozen",
                $"{stalled.Trainer} did not run for {Words.Seconds(stalled.Seconds)} until {Words.Time(happened.Time)}, {Words.Where(happened)}."
            )
            {
                Time = happened.Time,
                Trainer = stalled.Trainer,
                Evidence =
                [
                    new("noticed", "its own report, when it ran again"),
                    new("why", Cause),
                    new("recomputed", Recomputed(evidence, happened, stalled)),
                ],
                Next = evidence.Mm("logs", $" --trainer {stalled.Trainer}"),
            };
    }

    private static string Recomputed(RunEvidence evidence, EventRecord happened, TrainerStalled stalled)
    {
        var from = happened.Time - TimeSpan.FromSeconds(stalled.Seconds) - Around;
        return
            evidence
                .All<TrainerMissed>()
                .FirstOrDefault(told =>
                    told.What.Trainer == stalled.Trainer
                    && told.Event.Time >= from
                    && told.Event.Time <= happened.Time + Around
                )
                .What
                is { } missed
            ? $"{Words.Count(missed.SlotCount, "slot")} ({missed.Slots}), by {Words.List(missed.Heirs)}, once it had said nothing for {Words.Seconds(missed.SilentSeconds)}"
            : "nothing: it kept its slots, and the others waited";
    }
}

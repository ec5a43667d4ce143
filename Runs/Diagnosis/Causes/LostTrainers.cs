using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Trainers that went away: their process ended, their machine is gone, or they gave up themselves.</summary>
internal static class LostTrainers
{
    public static IEnumerable<Finding> Find(RunEvidence evidence) =>
        TrainerLoss
            .All(evidence)
            .Where(loss => !loss.IsFreeze)
            .GroupBy(loss => loss.Left.Trainer)
            .Select(losses =>
            {
                var (last, times) = (losses.Last(), losses.Count());
                var cause = Cause(last.Left);
                return new Finding(
                    "trainer_lost",
                    times == 1
                        ? $"{losses.Key} was lost {Words.Where(last.Event)}, {Words.Time(last.Event.Time)}: {cause}."
                        : $"{losses.Key} was lost {times} times, last {Words.Where(last.Event)}, {Words.Time(last.Event.Time)}: {cause}."
                )
                {
                    Time = last.Event.Time,
                    Trainer = losses.Key,
                    Code = last.Left.Code ?? (times > 2 ? "MM4002" : null),
                    Evidence = last.Evidence(),
                    Next = evidence.Mm("logs", $" --trainer {losses.Key}"),
                };
            });

    private static string Cause(TrainerLeft left) =>
        left.Detected == Detection.Report ? "it gave up"
        : left.Detected == Detection.Cut ? "it was cut off from the others"
        : left.Detected == Detection.Hung ? "its device hung"
        : left.Port switch
        {
            PortAnswer.Refused or PortAnswer.Replaced =>
                "its process ended without a word, killed (SIGKILL, out of memory) or crashed",
            PortAnswer.Silent => "its machine is off or cut off",
            _ => "it went silent",
        };
}

using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Replicas that differed, and who was wrong.</summary>
internal static class Disputes
{
    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        foreach (var (happened, left) in evidence.All<TrainerLeft>())
        {
            if (left.Detected == Detection.Replicas)
                yield return new(
                    "dispute",
                    $"{left.Trainer} held another state than the others {Words.Where(happened)} and was taken out (MM4004)."
                )
                {
                    Time = happened.Time,
                    Trainer = left.Trainer,
                    Code = "MM4004",
                    Evidence =
                    [
                        new("noticed", "the hash that every contribution carries"),
                        new("known by", left.Reason.Replace("MM4004 ", "", StringComparison.Ordinal)),
                        new("kept out", Words.Seconds(left.QuarantineSeconds)),
                    ],
                    Next = evidence.Mm("logs", $" --trainer {left.Trainer} --level warning"),
                };
        }

        foreach (var (happened, _) in evidence.All<EpochDisputed>())
            yield return new(
                "dispute",
                $"Two trainers disagreed {Words.Where(happened)}: {happened.Message}."
            )
            {
                Time = happened.Time,
                Code = "MM4004",
                Next = evidence.Mm("logs", " --level warning"),
            };
    }
}

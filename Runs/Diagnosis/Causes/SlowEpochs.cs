using System.Globalization;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;

namespace MMOrleans.Runs.Diagnosis.Causes;

/// <summary>Epochs that took much longer than the run's usual one, and the stage they took it in.</summary>
internal static class SlowEpochs
{
    private const int Least = 4; // epochs, before there is a usual one
    private const double Slower = 2; // than the median

    public static IEnumerable<Finding> Find(RunEvidence evidence)
    {
        var epochs = evidence.Epochs;
        if (epochs.Count < Least)
            yield break;
        var usual = Median(epochs, row => row.Seconds);
        var slow = epochs.Where(row => row.Seconds > Slower * usual && !IsExplained(evidence, row)).ToList();
        if (slow.Count == 0)
            yield break;
        var worst = slow.MaxBy(row => row.Seconds)!;
        var (stage, more) = Stages
            .Select(s => (s.Name, More: (s.Of(worst) ?? 0) - Median(epochs, row => s.Of(row) ?? 0)))
            .MaxBy(s => s.More);
        var named = more > (worst.Seconds - usual) / 2;
        yield return new(
            "slow_epochs",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(slow.Count == 1 ? $"Epoch {worst.Epoch} took" : $"{slow.Count} epochs, the worst epoch {worst.Epoch}, took")} {worst.Seconds / usual:0.0} times the usual {Words.Seconds(usual)}, {(named ? $"most of it {stage}" : "in no single stage")}."
            )
        )
        {
            Evidence =
            [
                new(
                    "it took",
                    $"{Words.Seconds(worst.Seconds)}{(named ? $", {Words.Seconds(more)} more than usual {stage}" : "")}"
                ),
                new(
                    "epochs",
                    string.Join(", ", slow.Take(10).Select(row => row.Epoch)) + (slow.Count > 10 ? ", …" : "")
                ),
            ],
        };
    }

    /// <summary>The first epoch of a stretch warms up, and a lost or frozen trainer is a finding of its own.</summary>
    private static bool IsExplained(RunEvidence evidence, EpochResult row)
    {
        var before = new List<EventRecord>();
        foreach (var happened in evidence.Events)
        {
            if (happened.Event == "epoch" && happened.Key == $"epoch-{row.Epoch}")
                return before.Any(b =>
                    b.Event is "started" or "resumed"
                    || Incident.Of(b) is RoundHealed or TrainerStalled or TrainerMissed or TrainerLeft
                );
            if (happened.Event == "epoch")
                before.Clear();
            before.Add(happened);
        }

        return false;
    }

    private static readonly IReadOnlyList<(string Name, Func<EpochResult, double?> Of)> Stages =
    [
        ("waiting for images", row => row["data_seconds"]),
        ("computing", row => row["forward_seconds"] + row["backward_seconds"] + row["apply_seconds"]),
        ("sending and receiving", row => row["exchange_seconds"]),
        ("waiting for other trainers", row => row["wait_seconds"]),
        ("evaluating", row => row["evaluate_seconds"]),
    ];

    private static double Median(IReadOnlyList<EpochResult> epochs, Func<EpochResult, double> of)
    {
        var sorted = epochs.Select(of).Order().ToList();
        return sorted[(sorted.Count - 1) / 2];
    }
}

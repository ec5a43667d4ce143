using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Grains.Runs;

/// <summary>A run's newest numbers as its gauges show them.</summary>
internal static class RunReadings
{
    /// <param name="progress">How far it is.</param>
    /// <param name="epochs">Every epoch so far.</param>
    /// <param name="classes">Names of the classes whose errors are to be shown; none for none.</param>
    public static RunReading Of(
        RunProgress progress,
        IReadOnlyList<EpochMetrics> epochs,
        IReadOnlyList<string> classes
    )
    {
        var last = epochs.Count > 0 ? epochs[^1] : null;
        var evaluated = epochs.LastOrDefault(epoch => epoch.Accuracy is not null);
        var running = double.IsFinite(progress.Loss) ? progress.Loss : (double?)null;
        return new()
        {
            // Before trainers have said how far they are, and after an epoch that they have not counted yet, the epochs know better.
            Progress =
                progress.Rounds > 0
                    ? (double)Math.Max(progress.Round, last?.Round ?? 0) / progress.Rounds
                    : null,
            Epoch = last?.Epoch ?? 0,
            Eta = progress.Left?.TotalSeconds,
            TrainLoss = running ?? last?.TrainLoss,
            TestLoss = evaluated?.TestLoss,
            Accuracy = evaluated?.Accuracy,
            Many = evaluated?.Many,
            Medium = evaluated?.Medium,
            Few = evaluated?.Few,
            Ece = ByShot(evaluated?.Ece),
            MarginMedian = ByShot(evaluated?.MarginMedian),
            LearningRate = progress.LearningRate > 0 ? progress.LearningRate : last?.LearningRate,
            GradientNorm = Positive(progress.GradientNorm) ?? Positive(last?.GradientNorm),
            WeightNorm = Positive(last?.WeightNorm),
            Phase = progress.Rounds > 0 ? progress.Phase : null,
            ClassErrors =
                evaluated is { PerClass: { Length: var n } accuracies } && n == classes.Count
                    ?
                    [
                        .. classes
                            .Select((name, i) => (Name: name, Error: 1 - accuracies[i]))
                            .Where(one => double.IsFinite(one.Error)), // a class without test images has none
                    ]
                    : [],
        };
    }

    /// <summary>Trainers that a run lacks to its minimum.</summary>
    public static int Missing(RunProgress progress, int minimum) =>
        Math.Max(0, minimum - progress.Trainers.Count(trainer => trainer.Stage != TrainerStage.Faulted));

    private static IReadOnlyList<(string Shot, double? Value)> ByShot(ShotNumbers? numbers) =>
        numbers is null
            ? []
            :
            [
                ("all", numbers.All),
                ("many", numbers.Many),
                ("medium", numbers.Medium),
                ("few", numbers.Few),
            ];

    // Not a number where none is averaged, zero where none was kept.
    private static double? Positive(double? value) => value > 0 ? value : null;
}

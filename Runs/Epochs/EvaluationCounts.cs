using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Epochs;

/// <summary>What an evaluation counted class by class and bin by bin: too much for a row of a file, and kept of the last evaluation only.</summary>
/// <param name="ClassAccuracy">Accuracy by class, in [0, 1]; null for a class without test images.</param>
/// <param name="Confusion">Images by (true, predicted) class, row-major.</param>
/// <param name="Calibration">Images by confidence; null where it was not counted.</param>
/// <param name="Margins">Images by margin; null where they were not counted.</param>
public sealed record EvaluationCounts(
    IReadOnlyList<double?> ClassAccuracy,
    IReadOnlyList<long> Confusion,
    CalibrationRecord? Calibration,
    MarginRecord? Margins
)
{
    /// <summary>Those of an evaluation.</summary>
    /// <param name="epoch">Completed epochs.</param>
    /// <param name="evaluation">Of the test images.</param>
    /// <param name="groups">Shot groups.</param>
    public static EvaluationCounts Of(int epoch, Evaluation evaluation, ShotGroups groups) =>
        new(
            [.. evaluation.PerClass.Select(accuracy => double.IsNaN(accuracy) ? (double?)null : accuracy)],
            evaluation.Confusion,
            evaluation.CalibrationOf(evaluation.All) is { } bins
                ? new(bins.Images, bins.Correct, bins.Confidence)
                : null,
            evaluation.Margins.Count == 0
                ? null
                : new(
                    epoch,
                    evaluation.Margins[0].Range,
                    evaluation.MarginsOf(groups.Many)?.Counts ?? [],
                    evaluation.MarginsOf(groups.Medium)?.Counts ?? [],
                    evaluation.MarginsOf(groups.Few)?.Counts ?? []
                )
        );
}

using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers;

/// <summary>Puts an epoch's sums and evaluation into the numbers that are reported.</summary>
internal static class EpochReport
{
    /// <param name="at">The epoch's last round.</param>
    /// <param name="round">Completed rounds.</param>
    /// <param name="sums">Scalars of the epoch.</param>
    /// <param name="tally">What the evaluation counted; null when there was none.</param>
    /// <param name="groups">Shot groups.</param>
    /// <param name="gradientNorm">Of the last averaged gradient; NaN where rounds average parameters.</param>
    /// <param name="seconds">How long the epoch took.</param>
    /// <param name="stages">Where this trainer's time of it went.</param>
    public static EpochMetrics Of(
        RoundPlan at,
        long round,
        RoundTally sums,
        EvaluationTally? tally,
        ShotGroups groups,
        double gradientNorm,
        double seconds,
        StageSeconds stages
    )
    {
        var evaluation = tally?.ToEvaluation();
        return new()
        {
            Epoch = at.Epoch + 1,
            Round = round,
            Phase = PhaseName.Of(at.Phase),
            LearningRate = at.LearningRate,
            TrainLoss = sums.LossSum / sums.Denominator,
            TrainAccuracy = (double)sums.Correct / sums.Images,
            TestLoss = evaluation?.Loss,
            Accuracy = evaluation?.Accuracy,
            Top5 = evaluation?.Top5,
            Many = evaluation?.Mean(groups.Many),
            Medium = evaluation?.Mean(groups.Medium),
            Few = evaluation?.Mean(groups.Few),
            PerClass = evaluation is null ? [] : [.. evaluation.PerClass],
            Confusion = evaluation is null ? [] : [.. evaluation.Confusion],
            GradientNorm = double.IsNaN(gradientNorm) ? 0 : gradientNorm,
            Images = sums.Images,
            SampleSum = sums.SampleSum,
            Seconds = seconds,
            ImagesPerSecond = sums.Images / Math.Max(seconds, 1e-9),
            Nll = evaluation?.NegativeLogLikelihood,
            Ece = evaluation is null
                ? null
                : ByShot(evaluation, groups, classes => evaluation.CalibrationOf(classes)?.Error),
            MarginMedian = evaluation is null
                ? null
                : ByShot(evaluation, groups, classes => evaluation.MarginsOf(classes)?.Median),
            BalancedAccuracy = evaluation?.BalancedAccuracy,
            MacroF1 = evaluation?.MacroF1,
            GeometricMean = evaluation?.GeometricMean,
            Calibration = evaluation is null ? null : Bins(evaluation.CalibrationOf(All(evaluation))!),
            Margins = evaluation is null ? null : Margins(evaluation, groups),
            Stages = new(
                stages.Data,
                stages.Forward,
                stages.Backward,
                stages.Exchange,
                stages.Wait,
                stages.Apply,
                stages.Evaluate
            ),
        };
    }

    private static IReadOnlyList<int> All(Evaluation evaluation) =>
        [.. Enumerable.Range(0, evaluation.Classes)];

    private static ShotNumbers ByShot(
        Evaluation evaluation,
        ShotGroups groups,
        Func<IReadOnlyList<int>, double?> of
    ) => new(of(All(evaluation)), of(groups.Many), of(groups.Medium), of(groups.Few));

    private static CalibrationBins Bins(Calibration calibration) =>
        new([.. calibration.Images], [.. calibration.Correct], [.. calibration.Confidence]);

    private static MarginCounts Margins(Evaluation evaluation, ShotGroups groups)
    {
        return new(evaluation.Margins[0].Range, Of(groups.Many), Of(groups.Medium), Of(groups.Few));

        ImmutableArray<long> Of(IReadOnlyList<int> classes) =>
            [.. evaluation.MarginsOf(classes)?.Counts ?? []];
    }
}

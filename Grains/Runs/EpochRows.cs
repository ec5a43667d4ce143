using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Grains.Runs;

/// <summary>Between what trainers report and what <c>metrics.csv</c> keeps.</summary>
internal static class EpochRows
{
    public static EpochRow Of(EpochMetrics epoch) =>
        new()
        {
            Epoch = epoch.Epoch,
            Round = epoch.Round,
            Phase = epoch.Phase,
            LearningRate = epoch.LearningRate,
            TrainLoss = epoch.TrainLoss,
            TrainAccuracy = epoch.TrainAccuracy,
            TestLoss = epoch.TestLoss,
            Accuracy = epoch.Accuracy,
            Top5 = epoch.Top5,
            Many = epoch.Many,
            Medium = epoch.Medium,
            Few = epoch.Few,
            WorstClass = ClassResults.Kept(epoch.PerClass).Min(),
            GradientNorm = epoch.GradientNorm,
            Images = epoch.Images,
            SampleSum = epoch.SampleSum,
            ImagesPerSecond = epoch.ImagesPerSecond,
            Seconds = epoch.Seconds,
            Ece = epoch.Ece?.All,
            EceMany = epoch.Ece?.Many,
            EceMedium = epoch.Ece?.Medium,
            EceFew = epoch.Ece?.Few,
            Nll = epoch.Nll,
            MarginMedian = epoch.MarginMedian?.All,
            MarginMedianMany = epoch.MarginMedian?.Many,
            MarginMedianMedium = epoch.MarginMedian?.Medium,
            MarginMedianFew = epoch.MarginMedian?.Few,
            BalancedAccuracy = epoch.BalancedAccuracy,
            MacroF1 = epoch.MacroF1,
            GeometricMean = epoch.GeometricMean,
            DataSeconds = epoch.Stages?.Data,
            ForwardSeconds = epoch.Stages?.Forward,
            BackwardSeconds = epoch.Stages?.Backward,
            ExchangeSeconds = epoch.Stages?.Exchange,
            WaitSeconds = epoch.Stages?.Wait,
            ApplySeconds = epoch.Stages?.Apply,
            EvaluateSeconds = epoch.Stages?.Evaluate,
        };

    /// <summary>What the record keeps of an epoch's margins; null when it was not evaluated.</summary>
    public static MarginRecord? Margins(EpochMetrics epoch) =>
        epoch.Margins is { } counts
            ? new(epoch.Epoch, counts.Range, counts.Many, counts.Medium, counts.Few)
            : null;

    /// <summary>What the record keeps of an epoch's calibration; null when it was not evaluated.</summary>
    public static CalibrationRecord? Calibration(EpochMetrics epoch) =>
        epoch.Calibration is { } bins ? new(bins.Images, bins.Correct, bins.Confidence) : null;

    /// <summary>Of an epoch before a resumption; per-class numbers are kept for the last epoch only.</summary>
    public static EpochMetrics Of(EpochRow row) =>
        new()
        {
            Epoch = row.Epoch,
            Round = row.Round,
            Phase = row.Phase,
            LearningRate = row.LearningRate,
            TrainLoss = row.TrainLoss,
            TrainAccuracy = row.TrainAccuracy,
            TestLoss = row.TestLoss,
            Accuracy = row.Accuracy,
            Top5 = row.Top5,
            Many = row.Many,
            Medium = row.Medium,
            Few = row.Few,
            GradientNorm = row.GradientNorm,
            Images = row.Images,
            SampleSum = row.SampleSum,
            ImagesPerSecond = row.ImagesPerSecond,
            Seconds = row.Seconds,
            Nll = row.Nll,
            Ece = row.Ece is null ? null : new(row.Ece, row.EceMany, row.EceMedium, row.EceFew),
            MarginMedian = row.MarginMedian is null
                ? null
                : new(row.MarginMedian, row.MarginMedianMany, row.MarginMedianMedium, row.MarginMedianFew),
            BalancedAccuracy = row.BalancedAccuracy,
            MacroF1 = row.MacroF1,
            GeometricMean = row.GeometricMean,
        };
}

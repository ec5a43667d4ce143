using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.RunFolders;

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
            WorstClass = epoch.PerClass.IsEmpty ? null : epoch.PerClass.Min(),
            GradientNorm = epoch.GradientNorm,
            Images = epoch.Images,
            SampleSum = epoch.SampleSum,
            ImagesPerSecond = epoch.ImagesPerSecond,
            Seconds = epoch.Seconds,
        };

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
        };
}

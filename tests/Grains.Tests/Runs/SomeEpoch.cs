using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Tests.Runs;

/// <summary>What a trainer reports of an epoch of seven rounds, where the numbers do not matter.</summary>
internal static class SomeEpoch
{
    public static EpochResult Of(int epoch, string phase = "main", double? accuracy = null) =>
        new EpochResult
        {
            Epoch = epoch,
            Round = epoch * 7,
            Phase = phase,
            LearningRate = 0.1,
            TrainLoss = 1,
            TrainAccuracy = 0.5,
        }.With("accuracy", accuracy);
}

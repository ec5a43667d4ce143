using MMOrleans.Runs.Specifications;

namespace MMOrleans.Tests;

/// <summary>Specifications whose details do not matter to the test.</summary>
internal static class Some
{
    public static RunSpecification Specification(
        int epochs = 2,
        int batch = 8,
        int slots = 4,
        int localSteps = 1
    ) =>
        new()
        {
            Epochs = epochs,
            BatchSize = batch,
            Slots = slots,
            LocalSteps = localSteps,
            Dataset = new()
            {
                Name = "synthetic",
                Mean = [0.5, 0.5, 0.5],
                StandardDeviation = [0.25, 0.25, 0.25],
                CropPadding = 2,
                Flip = false,
            },
            Imbalance = new() { Kind = "exp", Ratio = 10 },
            Method = new()
            {
                Name = "erm",
                Loss = "ce",
                Reweight = Reweighting.None,
                DeferEpoch = epochs,
            },
            Model = new() { Architecture = "resnet8", Head = "plain" },
            Optimiser = new() { LearningRate = 0.1 },
            Schedule = new() { WarmupEpochs = 1, Milestones = [] },
        };
}

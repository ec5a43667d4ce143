using MMOrleans.Runs.Specifications;

namespace MMOrleans.Bench;

/// <summary>Runs that are measured, not believed: plain head, cross entropy, no evaluation on the way.</summary>
internal static class BenchSpecification
{
    /// <summary>Rounds never end an evaluated epoch but the last.</summary>
    private const int Never = 1_000_000;

    /// <param name="dataset"><c>cifar10</c> or <c>synthetic</c>.</param>
    /// <param name="architecture">Such as <c>resnet32</c>.</param>
    /// <param name="slots">V.</param>
    /// <param name="batch">Images of a step, all slots.</param>
    /// <param name="perClass">Training images of each class.</param>
    /// <param name="epochs">Epochs.</param>
    public static RunSpecification Of(
        string dataset,
        string architecture,
        int slots,
        int batch,
        int perClass,
        int epochs
    ) =>
        new()
        {
            Epochs = epochs,
            BatchSize = batch,
            Slots = slots,
            EvaluateEvery = Never,
            Dataset = new DatasetSpecification
            {
                Name = dataset,
                Mean = [0.4914, 0.4822, 0.4465],
                StandardDeviation = [0.2023, 0.1994, 0.2010],
            },
            Imbalance = new ImbalanceSpecification
            {
                Kind = "counts",
                Counts = [.. Enumerable.Repeat(perClass, 10)],
            },
            Method = new MethodSpecification
            {
                Name = "erm",
                Loss = "ce",
                Reweight = Reweighting.None,
                DeferEpoch = epochs,
            },
            Model = new ModelSpecification { Architecture = architecture, Head = "plain" },
            Optimiser = new OptimiserSpecification { LearningRate = 0.01 },
            Schedule = new ScheduleSpecification
            {
                Kind = "constant",
                WarmupEpochs = 0,
                Milestones = [],
            },
        };
}

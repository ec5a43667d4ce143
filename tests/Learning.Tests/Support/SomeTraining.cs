using System.Text.Json;
using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>Values that do not matter to a test, and the arithmetic of a whole round in one process.</summary>
internal static class SomeTraining
{
    public static RunSpecification Run(string loss = "mm", int slots = 4, int localSteps = 1) =>
        new()
        {
            Epochs = 4,
            BatchSize = 16,
            Slots = slots,
            LocalSteps = localSteps,
            Dataset = new()
            {
                Name = "synthetic",
                Mean = [0.5, 0.5, 0.5],
                StandardDeviation = [0.25, 0.25, 0.25],
            },
            Imbalance = new() { Kind = "exp", Ratio = 10 },
            Method = new()
            {
                Name = "some",
                Loss = loss,
                Reweight = Reweighting.Deferred,
                DeferEpoch = 2,
                Scale = loss == "ce" ? 1 : 30,
                DeltaMinus = 0.6,
                DeltaRatio = 1.5,
            },
            Model = new() { Architecture = "resnet8", Head = loss == "ce" ? "plain" : "normalised" },
            Optimiser = new() { LearningRate = 0.1 },
            Schedule = new() { WarmupEpochs = 1, Milestones = [2, 3] },
        };

    /// <summary>The run that a golden case describes.</summary>
    public static RunSpecification Golden(JsonElement c)
    {
        var optimiser = c.GetProperty("optimiser");
        return Run() with
        {
            Method = GoldenLoss.Method(c.GetProperty("loss")),
            Model = new()
            {
                Architecture = "resnet32",
                Head =
                    c.TryGetProperty("normalisedClassifier", out var n) && n.GetBoolean()
                        ? "normalised"
                        : "plain",
            },
            Optimiser = new()
            {
                LearningRate = 0.1,
                Momentum = optimiser.Number("momentum"),
                WeightDecay = optimiser.Number("weightDecay"),
                Nesterov = optimiser.GetProperty("nesterov").GetBoolean(),
            },
        };
    }

    public static Batch Images(int rows, int side, int classes, int seed)
    {
        var random = new Random(seed);
        var images = new float[rows * side * side * 3];
        foreach (ref var value in images.AsSpan())
            value = (float)(random.NextDouble() * 4 - 2);
        return new(
            rows,
            images,
            [.. Enumerable.Range(0, rows).Select(_ => (long)random.Next(classes))],
            (ulong)random.NextInt64()
        );
    }

    /// <summary>One round over slots in one process: contributions, the tree, the one division, the update.</summary>
    public static EpochSums Round<T>(
        Replica replica,
        IReadOnlyList<IReadOnlyList<Batch>> slots,
        double[] weights,
        double learningRate
    )
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var tally = default(EpochSums);
        List<T[]> contributions = [];
        foreach (var steps in slots)
        {
            var contribution = new T[replica.ContributionLength];
            tally += replica.Compute<T>(steps, weights, learningRate, contribution);
            contributions.Add(contribution);
        }

        var average = AveragingTree.Sum(contributions);
        for (var i = 0; i < average.Length; i++)
            average[i] /= T.CreateChecked(i < replica.DenominatorLength ? tally.Denominator : tally.Images);
        replica.Apply<T>(average, learningRate);
        return tally;
    }
}

using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training.Objectives;

public class MetaSamplerObjectiveTests
{
    private const int Side = 8;
    private static readonly int[] Counts = [60, 30, 20, 10];
    private static readonly double[] Even = [1, 1, 1, 1];

    private static readonly RunSpecification Run = SomeTraining.Run("ce", slots: 1) with
    {
        Method = SomeTraining.Run("ce").Method with
        {
            Loss = "balanced-softmax",
            Objective = "meta-sampler",
            Companion = "inverse",
            Sampler = "class-aware",
        },
        Model = SomeTraining.Run("ce").Model with { Trains = "classifier" },
        Optimiser = new() { LearningRate = 0.1 },
    };

    // Equal rates: an image of the training set is as likely as any other, however the batch was drawn.
    [Fact]
    public void EqualRatesDrawClassesAsOftenAsTheTrainingSetHasThem()
    {
        long[] labels = [.. Enumerable.Range(0, 32).Select(i => (long)i % 4)];
        var drawn = new int[4];

        for (var step = 0; step < 400; step++)
            foreach (var row in new LearnedSampler(labels, Counts, new(1, 0, 32 * step)).Draw([0, 0, 0, 0]))
                drawn[labels[row]]++;

        // 12,800 draws of probability 1/2, 1/4, 1/6, 1/12; four deviations of the first are 226.
        var expected = Counts.Select(n => 12_800.0 * n / Counts.Sum());
        Assert.All(
            expected.Zip(drawn),
            pair => Assert.InRange(pair.Second, pair.First - 230, pair.First + 230)
        );
    }

    [Fact]
    public void HigherRateDrawsItsClassMoreOften()
    {
        long[] labels = [.. Enumerable.Range(0, 32).Select(i => (long)i % 4)];
        int OfLast(double rate) =>
            new LearnedSampler(labels, Counts, new(1, 0, 0))
                .Draw([0, 0, 0, rate])
                .Count(row => labels[row] == 3);

        // σ at most doubles a rate.
        Assert.True(OfLast(4) > OfLast(-4), $"{OfLast(4)} and {OfLast(-4)}");
        Assert.Equal(0, OfLast(-50));
    }

    [Fact]
    public void StepTeachesTheClassifierAndTheSamplerAndLeavesTheBackboneAsItIs()
    {
        using var replica = new Replica(Run, Counts, Side, Side, CPU);
        replica.Initialise();
        var before = Tensors(replica);

        for (var step = 0; step < 3; step++)
        {
            var contribution = new float[replica.ContributionLength];
            var tally = replica.Compute<float>([Pair(step)], Even, 0.1, contribution, step);
            for (var i = 0; i < contribution.Length; i++)
                contribution[i] /= i < replica.DenominatorLength ? (float)tally.Denominator : tally.Images;
            replica.Apply<float>(contribution, 0.1);
        }

        var after = Tensors(replica);
        string[] learned =
        [
            .. before
                .Keys.Where(name => !before[name].SequenceEqual(after[name]))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            ["linear.bias", "linear.weight", "sampler.first", "sampler.rates", "sampler.second"],
            learned
        );
        // Adam's first steps are as long as its rate.
        Assert.All(after["sampler.rates"], rate => Assert.InRange(Math.Abs(rate), 0.001, 0.031));
    }

    [Fact]
    public void SharedBatchIsRefusedWithTheReason()
    {
        var fault = Assert.Throws<FaultException>(() =>
            new Replica(Run with { Slots = 4 }, Counts, Side, Side, CPU)
        );

        Assert.Equal("MM1005", fault.Code);
        Assert.Contains("its sampler draws from the whole batch", fault.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, float[]> Tensors(Replica replica)
    {
        var layout = replica.Layout;
        var (parameters, buffers) = (new float[layout.ParameterLength], new float[layout.BufferLength]);
        replica.CopyState<float>(parameters, new float[parameters.Length], buffers);
        return layout.Entries.ToDictionary(
            e => e.Name,
            e => (e.Kind == StateKind.Parameter ? parameters : buffers)[e.Offset..(e.Offset + e.Length)]
        );
    }

    private static Batch Pair(int seed)
    {
        var batch = SomeTraining.Images(16, Side, 4, seed);
        return new(batch.Rows, batch.Images, batch.Labels, batch.SampleSum)
        {
            FirstDraw = 16 * seed,
            Companion = SomeTraining.Images(16, Side, 4, 100 + seed),
        };
    }
}

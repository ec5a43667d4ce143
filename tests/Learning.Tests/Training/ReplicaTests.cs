using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Specifications;
using TorchSharp;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training;

public class ReplicaTests
{
    private const int Side = 8;
    private static readonly int[] Counts = [60, 30, 20, 10];
    private static readonly double[] Even = [1, 1, 1, 1];
    private static readonly double[] Balanced = [0.2, 0.6, 1.2, 2.0];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ComputeLeavesTheStateUntouched(int localSteps)
    {
        using var replica = Make(SomeTraining.Run(localSteps: localSteps));
        var before = replica.StateHash();

        replica.Compute(Steps(0, localSteps), Balanced, 0.1, new float[replica.ContributionLength].AsSpan());
        replica.Inference.Evaluate(SomeTraining.Images(5, Side, 4, 9), new(new(4)));

        Assert.Equal(before, replica.StateHash());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ContributionDoesNotDependOnWhatWasComputedBefore(int localSteps)
    {
        var specification = SomeTraining.Run(localSteps: localSteps);
        using var busy = Make(specification);
        using var fresh = Make(specification);
        for (var slot = 0; slot < 3; slot++)
            Contribution(busy, Steps(slot, localSteps));

        var (late, lateTally) = Contribution(busy, Steps(7, localSteps));
        var (alone, aloneTally) = Contribution(fresh, Steps(7, localSteps));

        Assert.Equal(alone, late);
        Assert.Equal(aloneTally, lateTally);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    public void StateAfterRoundsIsTheSameWhoeverComputedTheSlots(int slots, int localSteps)
    {
        var specification = SomeTraining.Run(slots: slots, localSteps: localSteps);
        using var one = Make(specification);
        using var left = Make(specification);
        using var right = Make(specification);

        for (var round = 0; round < 3; round++)
        {
            var work = Enumerable.Range(0, slots).Select(s => Steps(10 * round + s, localSteps)).ToArray();
            SomeTraining.Round<float>(one, work, Balanced, 0.1);

            // Two trainers compute in another order, one slot even twice; the tree alone decides the sum.
            var parts = new float[slots][];
            var tally = default(EpochSums);
            for (var slot = slots - 1; slot >= 0; slot--)
            {
                Contribution(left, work[slot]);
                (parts[slot], _) = Contribution(slot % 2 == 0 ? right : left, work[slot]);
            }

            foreach (var steps in work)
                tally += Contribution(right, steps).Tally;
            var average = AveragingTree.Sum(parts);
            for (var i = 0; i < average.Length; i++)
                average[i] /= i < left.DenominatorLength ? (float)tally.Denominator : tally.Images;
            left.Apply<float>(average, 0.1);
            right.Apply<float>(average, 0.1);

            Assert.Equal(one.StateHash(), left.StateHash());
            Assert.Equal(one.StateSha256(round + 1), right.StateSha256(round + 1));
        }
    }

    [Fact]
    public void GradientsOverSlotsAddUpToThatOfTheWholeBatch()
    {
        // A network without batch norm is needed: normalising is local to a slot.
        using var scope = NewDisposeScope();
        var c = GoldenFile.Open("data_parallel").Cases.First();
        using var replica = new Replica(
            SomeTraining.Golden(c),
            c.Ints("counts"),
            new GoldenMlp(c),
            CPU,
            ScalarType.Float64
        );
        replica.Initialise();
        var rows = GoldenFill.Values(7 * c.Int("in"), 1, 1, 1, 0);
        long[] labels = [0, 1, 2, 3, 4, 5, 6];
        double[] weights = [.. Enumerable.Range(1, c.Int("k")).Select(i => (double)i)];
        double[] Part(int start, int end)
        {
            var contribution = new double[replica.ContributionLength];
            var width = c.Int("in");
            replica.Compute<double>(
                [GoldenState.Batch(rows[(start * width)..(end * width)], labels[start..end])],
                weights,
                0,
                contribution
            );
            return contribution;
        }

        Near.Equal(Part(0, 7), AveragingTree.Sum<double>([Part(0, 2), Part(2, 4), Part(4, 7)]), 1e-13, "sum");
    }

    [Fact]
    public void SlotWithoutImagesContributesZeros()
    {
        using var replica = Make(SomeTraining.Run());
        var contribution = Enumerable.Repeat(1f, replica.ContributionLength).ToArray();

        var tally = replica.Compute<float>([new(0, [], [], 0)], Even, 0.1, contribution);

        Assert.Equal(default, tally);
        Assert.All(contribution, v => Assert.Equal(0, v));
    }

    [Fact]
    public void OneSlotOfTwoLocalStepsEqualsTwoRoundsOfOneStep()
    {
        // Power-of-two image counts, so that multiplying by them and dividing again is exact.
        var steps = new[] { SomeTraining.Images(8, Side, 4, 1), SomeTraining.Images(8, Side, 4, 2) };
        using var local = Make(SomeTraining.Run(slots: 1, localSteps: 2));
        using var single = Make(SomeTraining.Run(slots: 1));

        SomeTraining.Round<float>(local, [steps], Balanced, 0.1);
        foreach (var step in steps)
            SomeTraining.Round<float>(single, [(Batch[])[step]], Balanced, 0.1);

        // Dividing the gradient by Σ w happens on the tensor in one and in C# in the other: the same float32 division.
        Assert.Equal(single.StateHash(), local.StateHash());
    }

    [Fact]
    public void StateSurvivesCopyAndLoad()
    {
        using var trained = Make(SomeTraining.Run());
        SomeTraining.Round<float>(trained, [Steps(1, 1), Steps(2, 1)], Even, 0.1);
        var layout = trained.Layout;
        var (parameters, momentum) = (new float[layout.ParameterLength], new float[layout.ParameterLength]);
        var buffers = new float[layout.BufferLength];
        trained.CopyState<float>(parameters, momentum, buffers);
        using var heir = Make(SomeTraining.Run());

        heir.LoadState<float>(parameters, momentum, buffers);

        Assert.Equal(trained.StateHash(), heir.StateHash());
        SomeTraining.Round<float>(trained, [Steps(3, 1)], Balanced, 0.1);
        SomeTraining.Round<float>(heir, [Steps(3, 1)], Balanced, 0.1);
        Assert.Equal(trained.StateHash(), heir.StateHash());
    }

    [Fact]
    public void TrainingLowersTheLoss()
    {
        using var replica = Make(SomeTraining.Run());
        var work = Enumerable.Range(0, 4).Select(s => Steps(s, 1)).ToArray();
        var losses = Enumerable
            .Range(0, 30)
            .Select(_ => SomeTraining.Round<float>(replica, work, Even, 0.1))
            .Select(t => t.LossSum / t.Denominator)
            .ToList();

        Assert.True(losses[^1] < losses[0] / 2, $"from {losses[0]} to {losses[^1]}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NumberOfTensorsIsTheSameAfterEveryRound(int localSteps)
    {
        using var replica = Make(SomeTraining.Run(localSteps: localSteps));
        var tally = new EvaluationTally(new(4));
        void Round()
        {
            SomeTraining.Round<float>(replica, [Steps(1, localSteps), Steps(2, localSteps)], Balanced, 0.01);
            replica.Inference.Evaluate(SomeTraining.Images(5, Side, 4, 9), tally);
        }

        Round();
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        var before = statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            Round();

        Assert.Equal(before, statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void LossThatIsNotFiniteNamesTheFirstLayerAndLeavesTheState()
    {
        using var replica = Make(SomeTraining.Run());
        var before = replica.StateHash();
        var batch = SomeTraining.Images(4, Side, 4, 1);
        batch.Images[5] = float.NaN;

        var exception = Assert.Throws<NonFiniteLossException>(() => Contribution(replica, [batch]));

        Assert.Equal("conv1", exception.Where);
        Assert.Contains("row 0", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, replica.StateHash());
    }

    [Fact]
    public void EvaluationCountsEveryImageOnceUnderAnySharing()
    {
        using var replica = Make(SomeTraining.Run());
        var images = SomeTraining.Images(12, Side, 4, 3);
        var pixels = Side * Side * 3;
        Batch Part(int start, int end) =>
            new(end - start, images.Images[(start * pixels)..(end * pixels)], images.Labels[start..end], 0);
        var whole = new EvaluationTally(new(4));
        replica.Inference.Evaluate(images, whole);

        var sum = new double[new EvaluationShape(4).VectorLength];
        foreach (var part in new[] { Part(0, 5), Part(5, 5), Part(5, 12) })
        {
            var tally = new EvaluationTally(new(4));
            replica.Inference.Evaluate(part, tally);
            var vector = new double[sum.Length];
            tally.CopyTo(vector);
            AveragingTree.Add<double>(sum, vector);
        }

        var shared = EvaluationTally.From(new(4), sum);
        Assert.Equal(12, shared.Images);
        Assert.Equal(12, shared.TopFive); // of four classes
        Assert.Equal(whole.ToEvaluation().Confusion, shared.ToEvaluation().Confusion);
        Assert.Equal(whole.LossSum, shared.LossSum, 1e-6 * whole.LossSum);
    }

    [Fact]
    public void SampleSumsAddUpAndWrap()
    {
        using var replica = Make(SomeTraining.Run());
        var batches = new[] { SomeTraining.Images(3, Side, 4, 1), SomeTraining.Images(3, Side, 4, 2) };

        var tally = Contribution(replica, [batches[0]]).Tally + Contribution(replica, [batches[1]]).Tally;

        Assert.Equal(unchecked(batches[0].SampleSum + batches[1].SampleSum), tally.SampleSum);
        Assert.Equal(6, tally.Images);
    }

    [Fact]
    public void VectorOfTheWrongLengthOrTypeIsRefused()
    {
        using var replica = Make(SomeTraining.Run());

        Assert.Throws<ArgumentException>(() => replica.Apply<float>(new float[3], 0.1));
        Assert.Throws<ArgumentException>(() =>
            replica.Compute<double>(Steps(1, 1), Even, 0.1, new double[replica.ContributionLength])
        );
    }

    [Fact]
    public void CudaComputesTheSameUpToRounding()
    {
        Assert.SkipUnless(TorchDevices.CudaCount > 0, "libtorch sees no CUDA device on this machine.");
        using var cpu = Make(SomeTraining.Run());
        using var cuda = new Replica(SomeTraining.Run(), Counts, Side, Side, TorchDevices.Open("cuda"));
        cuda.Initialise();

        var (expected, _) = Contribution(cpu, Steps(1, 1));
        var (actual, _) = Contribution(cuda, Steps(1, 1));

        // Two float32 implementations of the same sums over some thousand terms.
        Assert.True(expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second)) < 1e-2);
        Assert.Equal(actual, Contribution(cuda, Steps(1, 1)).Values);
    }

    /// <summary>Parameters and momentum twice would be a quarter of a device's memory.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    public void WorkingCopyHasParametersOnlyForLocalSteps(int localSteps, int vectors)
    {
        using var replica = Make(SomeTraining.Run() with { LocalSteps = localSteps });

        Assert.Equal(
            (vectors * replica.Layout.ParameterLength) + replica.Layout.BufferLength,
            replica.WorkLength
        );
    }

    private static Replica Make(RunSpecification specification)
    {
        TorchThreads.Configure();
        var replica = new Replica(specification, Counts, Side, Side, CPU);
        replica.Initialise();
        return replica;
    }

    private static Batch[] Steps(int seed, int count) =>
        [.. Enumerable.Range(0, count).Select(i => SomeTraining.Images(4, Side, 4, 100 * seed + i))];

    private static (float[] Values, EpochSums Tally) Contribution(Replica replica, IReadOnlyList<Batch> steps)
    {
        var values = new float[replica.ContributionLength];
        var tally = replica.Compute<float>(steps, Balanced, 0.1, values);
        return (values, tally);
    }
}

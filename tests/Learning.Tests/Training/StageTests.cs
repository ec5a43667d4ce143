using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Formats;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using TorchSharp;

namespace MMOrleans.Learning.Tests.Training;

/// <summary>A phase trains its own parts and leaves every bit of the others.</summary>
public class StageTests
{
    private const int Side = 8;
    private static readonly int[] Counts = [50, 30, 20, 10, 5];

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void PretrainingTrainsTheBackboneAndTheMethodNeverItsHead(int localSteps, bool nesterov)
    {
        var run = Staged(localSteps);
        run = run with { Optimiser = run.Optimiser with { Nesterov = nesterov } };
        using var replica = Of(run);
        var before = State.Of(replica);

        Round(replica, run, Phase.Pretraining, endsStage: false);
        var pretrained = State.Of(replica);
        Assert.Equal(
            [StatePart.Backbone, StatePart.Rotation],
            pretrained.PartsThatDifferFrom(before, replica.Layout)
        );
        Assert.NotEqual(before.Buffers, pretrained.Buffers);

        Round(replica, run, Phase.Pretraining, endsStage: true);
        var boundary = State.Of(replica);
        Assert.Equal(0, boundary.Momentum.Count(value => value != 0));

        Round(replica, run, Phase.Main, endsStage: false);
        var trained = State.Of(replica);
        Assert.Equal(
            [StatePart.Backbone, StatePart.Classifier],
            trained.PartsThatDifferFrom(boundary, replica.Layout)
        );
    }

    [Theory]
    [InlineData("classifier", 1)]
    [InlineData("classifier", 2)]
    [InlineData("scales", 1)]
    [InlineData("scales", 2)]
    public void FrozenBackboneKeepsEveryBitOfItsWeightsAndStatistics(string trains, int localSteps)
    {
        var run = Frozen(trains, localSteps);
        using var replica = Of(run);
        var before = State.Of(replica);

        for (var i = 0; i < 3; i++)
            Round(replica, run, Phase.Main, endsStage: false);
        var after = State.Of(replica);

        Assert.Equal(
            trains == "scales" ? [StatePart.Scales] : new[] { StatePart.Classifier, StatePart.Scales },
            after.PartsThatDifferFrom(before, replica.Layout)
        );
        Assert.Equal(before.Buffers, after.Buffers);
    }

    [Fact]
    public void StatisticsDriftWhereThatIsWanted()
    {
        var run = Frozen("classifier", 1);
        run = run with { Model = run.Model with { ShiftBatchNorm = true } };
        using var replica = Of(run);
        var before = State.Of(replica);

        Round(replica, run, Phase.Main, endsStage: false);
        var after = State.Of(replica);

        Assert.DoesNotContain(StatePart.Backbone, after.PartsThatDifferFrom(before, replica.Layout));
        Assert.NotEqual(before.Buffers, after.Buffers);
    }

    [Fact]
    public void HeadOfPretrainingChangesNoFirstValueOfTheModel()
    {
        using var staged = Of(Staged(1));
        using var alone = Of(Staged(1) with { Pretraining = null });
        var (with, without) = (State.Of(staged), State.Of(alone));

        Assert.Equal(without.Parameters, with.Parameters[..without.Parameters.Length]);
    }

    [Fact]
    public void InitialWeightsAreTakenWholeOrTheirClassifierLeftOutAndTheirHashIsTheirs()
    {
        using var source = Of(Staged(1));
        var weights = Weights(source);
        var fresh = Frozen("classifier", 1) with { Seed = 9 };
        fresh = fresh with
        {
            Model = fresh.Model with
            {
                Head = "plain",
                InitFrom = new() { Sha256 = weights.Sha256, FreshClassifier = true },
            },
        };
        var kept = fresh with { Model = fresh.Model with { InitFrom = new() { Sha256 = weights.Sha256 } } };
        using var seeds = Of(fresh with { Model = fresh.Model with { InitFrom = null } });
        var own = State.Of(seeds);
        var theirs = State.Of(source);

        using var first = Of(fresh, weights);
        using var second = Of(kept, weights);

        Assert.Equal([StatePart.Backbone], State.Of(first).PartsThatDifferFrom(own, first.Layout));
        Assert.Equal(theirs.Parameters[..first.Layout.ParameterLength], State.Of(second).Parameters);
        Assert.Equal(weights.Sha256, Weights(second).Sha256);
        Assert.NotEqual(weights.Sha256, Weights(first).Sha256);
        var fault = Assert.Throws<FaultException>(() => Of(kept, Weights(first)));
        Assert.Equal("MM5001", fault.Code);
        Assert.Throws<FaultException>(() => Of(kept));
    }

    [Fact]
    public void WeightsOfAnotherNetworkAreRefusedAndThoseWithoutAClassifierToScaleToo()
    {
        using var source = Of(
            Staged(1) with
            {
                Model = new() { Architecture = "resnet8", Head = "normalised" },
            }
        );
        var weights = Weights(source);
        RunSpecification With(ModelSpecification model) =>
            Staged(1) with
            {
                Pretraining = null,
                Model = model with { InitFrom = new() { Sha256 = weights.Sha256 } },
            };

        var deeper = Assert.Throws<FaultException>(() =>
            Of(With(new() { Architecture = "resnet20", Head = "plain" }), weights)
        );
        var scaled = Assert.Throws<FaultException>(() =>
            Of(
                With(
                    new()
                    {
                        Architecture = "resnet8",
                        Head = "scaled",
                        Trains = "scales",
                    }
                ),
                weights
            )
        );

        Assert.Equal(("MM5002", "MM5002"), (deeper.Code, scaled.Code));
        Assert.Contains("layer1.1", deeper.Message, StringComparison.Ordinal);
    }

    private static RunSpecification Staged(int localSteps) =>
        SomeTraining.Run("ce", slots: 2, localSteps) with
        {
            Pretraining = new()
            {
                Kind = "rotation",
                Epochs = 2,
                Schedule = new() { WarmupEpochs = 0, Milestones = [] },
            },
        };

    private static RunSpecification Frozen(string trains, int localSteps) =>
        SomeTraining.Run("ce", slots: 2, localSteps) with
        {
            Model = new()
            {
                Architecture = "resnet8",
                Head = "scaled",
                Trains = trains,
            },
        };

    private static Replica Of(RunSpecification run, InitialWeights? weights = null)
    {
        var replica = new Replica(run, Counts, Side, Side, torch.CPU);
        try
        {
            replica.Initialise(weights);
            return replica;
        }
        catch
        {
            replica.Dispose();
            throw;
        }
    }

    private static InitialWeights Weights(Replica replica)
    {
        var state = State.Of(replica);
        return new(
            replica.Layout.Entries.Select(entry =>
                NamedTensor.From(
                    entry.Name,
                    entry.Shape,
                    (entry.Kind == StateKind.Parameter ? state.Parameters : state.Buffers).AsSpan(
                        entry.Offset,
                        entry.Length
                    )
                )
            )
        );
    }

    /// <summary>Three slots of unequal size, so that an average of equal numbers would round.</summary>
    private static void Round(Replica replica, RunSpecification run, Phase phase, bool endsStage)
    {
        var classes = phase == Phase.Pretraining ? 4 : Counts.Length;
        double[] weights = [.. Enumerable.Range(0, classes).Select(c => 1.0 + (c * 0.1))];
        List<float[]> contributions = [];
        var tally = default(EpochSums);
        foreach (var rows in (int[])[5, 3, 2])
        {
            var contribution = new float[replica.ContributionLength];
            Batch[] steps =
            [
                .. Enumerable
                    .Range(0, run.LocalSteps)
                    .Select(step => SomeTraining.Images(rows, Side, classes, (rows * 10) + step)),
            ];
            tally += replica.Compute<float>(steps, weights, 0.1, contribution, phase: phase);
            contributions.Add(contribution);
        }

        var average = AveragingTree.Sum(contributions);
        for (var i = 0; i < average.Length; i++)
            average[i] /= (float)(i < replica.DenominatorLength ? tally.Denominator : tally.Images);
        replica.Apply<float>(average, 0.1, phase, endsStage);
    }

    private sealed record State(float[] Parameters, float[] Momentum, float[] Buffers)
    {
        public static State Of(Replica replica)
        {
            var layout = replica.Layout;
            var state = new State(
                new float[layout.ParameterLength],
                new float[layout.ParameterLength],
                new float[layout.BufferLength]
            );
            replica.CopyState<float>(state.Parameters, state.Momentum, state.Buffers);
            return state;
        }

        /// <summary>Parts of which a parameter or its momentum has other bits.</summary>
        public IReadOnlyList<StatePart> PartsThatDifferFrom(State other, StateLayout layout) =>
            [
                .. layout
                    .Entries.Where(entry => entry.Kind == StateKind.Parameter)
                    .Where(entry =>
                        !Same(entry, Parameters, other.Parameters) || !Same(entry, Momentum, other.Momentum)
                    )
                    .Select(entry => entry.Part)
                    .Distinct()
                    .Order(),
            ];

        private static bool Same(StateEntry entry, float[] one, float[] other) =>
            one.AsSpan(entry.Offset, entry.Length).SequenceEqual(other.AsSpan(entry.Offset, entry.Length));
    }
}

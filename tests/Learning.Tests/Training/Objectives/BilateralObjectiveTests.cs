using System.Text.Json;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training.Objectives;

public class BilateralObjectiveTests
{
    private const int Side = 8;
    private static readonly int[] Counts = [60, 30, 20, 10];
    private static readonly double[] Even = [1, 1, 1, 1];

    private static readonly RunSpecification Run = SomeTraining.Run("ce") with
    {
        Method = SomeTraining.Run("ce").Method with { Objective = "bilateral", Companion = "reversed" },
        Model = new() { Architecture = "resnet8", Head = "bilateral" },
    };

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void MixingAgreesWithTheGoldenFile(ScalarType type)
    {
        var file = GoldenFile.Open("bbn");
        var precision = file.In(type);
        var inputs = file.Root.GetProperty("inputs");
        foreach (var c in file.Cases)
        {
            using var scope = NewDisposeScope();
            var conventional = Leaf(precision, inputs, "conventional");
            var rebalancing = Leaf(precision, inputs, "rebalancing");
            var weight = Leaf(precision, inputs, "weight");
            var bias = precision.Of(inputs.Numbers("bias"), grad: true);
            var share = BilateralObjective.ConventionalShare(c.Int("epoch"), c.Int("epochs"));

            var logits = nn.functional.linear(
                BilateralObjective.Mixed(conventional, rebalancing, share),
                weight,
                bias
            );
            var loss = BilateralObjective
                .Rows(
                    new CrossEntropyLoss().Rows(new(logits, Labels("labelsConventional"))),
                    new CrossEntropyLoss().Rows(new(logits, Labels("labelsRebalancing"))),
                    share
                )
                .mean();
            loss.backward();

            Near.Equal(c.Number("alpha"), share, file.Tolerance, c.Id());
            precision.Near(c.Numbers("logits"), logits, c.Id());
            precision.Near(c.Number("loss"), loss, c.Id());
            precision.Near(c.Numbers("gradConventional"), conventional.grad!, c.Id());
            precision.Near(c.Numbers("gradRebalancing"), rebalancing.grad!, c.Id());
            precision.Near(c.Numbers("gradWeight"), weight.grad!, c.Id());
            precision.Near(c.Numbers("gradBias"), bias.grad!, c.Id());

            LabelRows Labels(string name) => new(inputs.Longs(name), (int)weight.shape[0], CPU, type);
        }
    }

    [Fact]
    public void GoldenLogitsOfPlainConcatenationComeOut()
    {
        using var scope = NewDisposeScope();
        var file = GoldenFile.Open("bbn");
        var precision = file.In(ScalarType.Float64);
        var inputs = file.Root.GetProperty("inputs");

        // In use both branches see one image and their features are concatenated, as with equal shares that are doubled.
        var logits = nn.functional.linear(
            BilateralObjective.Mixed(
                Leaf(precision, inputs, "conventional"),
                Leaf(precision, inputs, "rebalancing"),
                0.5
            ),
            Leaf(precision, inputs, "weight"),
            precision.Of(inputs.Numbers("bias"))
        );

        precision.Near(file.Root.Numbers("evalLogits"), logits, "evalLogits");
    }

    [Fact]
    public void GoldenSharesOfTheConventionalBranchComeOut()
    {
        var file = GoldenFile.Open("lr_schedule");
        var seen = 0;
        foreach (var c in file.Cases.Where(c => c.GetProperty("kind").GetString() == "bbnAlpha"))
        {
            var epochs = c.Int("epochs");
            GoldenCases.AssertClose(
                c.Numbers("alpha"),
                Enumerable.Range(0, epochs).Select(e => BilateralObjective.ConventionalShare(e, epochs)),
                file.Tolerance,
                c.Id()
            );
            seen++;
        }

        Assert.True(seen > 0, "no case of BBN's shares was read");
    }

    [Theory]
    [InlineData(10, 538_778)]
    [InlineData(100, 550_388)]
    public void NetworkHasThePublishedNumberOfParameters(int classes, int parameters) =>
        Assert.Equal(
            parameters,
            Networks
                .Create(new() { Architecture = "resnet32", Head = "bilateral" }, classes, 32, 32)
                .Layout.ParameterLength
        );

    [Fact]
    public void InUseBothBranchesSeeTheImageAndTheirFeaturesAreConcatenated()
    {
        using var scope = NewDisposeScope();
        var network = new BilateralResNet(1, 4, Side, Side);
        var (parameters, buffers) = network.InitialState(1);
        var pass = new ForwardPass(
            Views(network, StateKind.Parameter, parameters),
            Views(network, StateKind.Buffer, buffers),
            Training: false
        );
        var rows = tensor(SomeTraining.Images(3, Side, 4, 1).Images, [3, Side * Side * 3]);

        var expected = network.Classify(
            pass,
            BilateralObjective.Mixed(network.Conventional(pass, rows), network.Rebalancing(pass, rows), 0.5)
        );

        Assert.Equal(
            expected.Logits.data<float>().ToArray(),
            network.Forward(pass, rows).Logits.data<float>().ToArray()
        );
    }

    [Fact]
    public void FirstEpochLearnsFromTheBatchAndLaterOnesFromTheCompanionToo()
    {
        using var replica = new Replica(Run, Counts, Side, Side, CPU);
        replica.Initialise();
        var other = Pair(1, companion: 3);

        Assert.Equal(Gradient(replica, Pair(1, 2), epoch: 0).Loss, Gradient(replica, other, epoch: 0).Loss);
        Assert.NotEqual(
            Gradient(replica, Pair(1, 2), epoch: 2).Loss,
            Gradient(replica, other, epoch: 2).Loss
        );
    }

    [Fact]
    public void SampleSumCoversTheBatchAndItsCompanion()
    {
        using var replica = new Replica(Run, Counts, Side, Side, CPU);
        replica.Initialise();
        var batch = Pair(1, 2);

        var (tally, _) = Contribution(replica, batch, 1);

        Assert.Equal(unchecked(batch.SampleSum + batch.Companion!.SampleSum), tally.SampleSum);
        Assert.Equal(batch.Rows, tally.Images);
        Assert.Equal(batch.Rows, tally.Denominator, 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void StateIsTheSameWhoeverComputedTheSlots(int localSteps)
    {
        var run = Run with { Slots = 3, LocalSteps = localSteps };
        using var one = new Replica(run, Counts, Side, Side, CPU);
        using var other = new Replica(run, Counts, Side, Side, CPU);
        one.Initialise();
        other.Initialise();
        Batch[][] work =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(slot => Enumerable.Range(0, localSteps).Select(s => Pair(slot, 7 + s)).ToArray()),
        ];

        SomeTraining.Round<float>(one, work, Even, 0.1);
        var parts = new float[3][];
        var tally = default(EpochSums);
        foreach (var slot in (int[])[2, 0, 1])
        {
            parts[slot] = new float[other.ContributionLength];
            tally += other.Compute<float>(work[slot], Even, 0.1, parts[slot]);
        }

        var average = AveragingTree.Sum(parts);
        for (var i = 0; i < average.Length; i++)
            average[i] /= i < other.DenominatorLength ? (float)tally.Denominator : tally.Images;
        other.Apply<float>(average, 0.1);

        Assert.Equal(one.StateHash(), other.StateHash());
    }

    [Fact]
    public void RunWithoutCompanionOrBranchesIsRefusedWithAWayOut()
    {
        var alone = Run with { Method = Run.Method with { Companion = null } };
        var plain = Run with { Model = Run.Model with { Head = "plain" } };

        Assert.Contains("method.companion", Refused(alone), StringComparison.Ordinal);
        Assert.Contains("model.head plain", Refused(plain), StringComparison.Ordinal);

        static string Refused(RunSpecification run) =>
            Assert.Throws<FaultException>(() => new Replica(run, Counts, Side, Side, CPU)).Message;
    }

    private static Batch Pair(int seed, int companion)
    {
        var batch = SomeTraining.Images(6, Side, 4, seed);
        return new(batch.Rows, batch.Images, batch.Labels, batch.SampleSum)
        {
            Companion = SomeTraining.Images(6, Side, 4, 100 + companion),
        };
    }

    private static (double Loss, float[] Gradient) Gradient(Replica replica, Batch batch, int epoch)
    {
        var (tally, contribution) = Contribution(replica, batch, epoch);
        return (tally.LossSum, contribution);
    }

    private static (EpochSums Tally, float[] Contribution) Contribution(
        Replica replica,
        Batch batch,
        int epoch
    )
    {
        var contribution = new float[replica.ContributionLength];
        return (replica.Compute<float>([batch], Even, 0.1, contribution, epoch: epoch), contribution);
    }

    private static Tensor Leaf(Precision precision, JsonElement inputs, string name) =>
        precision.Of(inputs.Numbers(name), inputs.GetProperty(name).Longs("shape"), grad: true);

    private static List<Tensor> Views(Network network, StateKind kind, float[] values) =>
        [
            .. network
                .Layout.Entries.Where(e => e.Kind == kind)
                .Select(e => tensor(values[e.Offset..(e.Offset + e.Length)], [.. e.Shape])),
        ];
}

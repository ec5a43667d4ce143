using System.Text.Json;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training.Objectives;

public class MetaWeightObjectiveTests
{
    private const int Side = 8;
    private static readonly string[] Order =
    [
        "linear1.weight",
        "linear1.bias",
        "linear2.weight",
        "linear2.bias",
    ];

    private static readonly int[] Counts = [60, 30, 20, 10];
    private static readonly double[] Even = [1, 1, 1, 1];

    private static readonly RunSpecification Run = SomeTraining.Run("ce", slots: 1) with
    {
        Method = SomeTraining.Run("ce").Method with { Objective = "meta-weights", Companion = "held-out" },
        Imbalance = new() { Kind = "exp", HeldOut = 10 },
    };

    // Everything the file has: the virtual step, the gradient through it, the weighting net's step, the real step with fresh weights.
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void WholeStepAgreesWithTheGoldenFile(ScalarType type)
    {
        TorchThreads.Configure();
        var file = GoldenFile.Open("meta_weight_net");
        foreach (var c in file.Cases)
            Check(file.Root.GetProperty("inputs"), c, file.In(type));
    }

    private static void Check(JsonElement inputs, JsonElement c, Precision precision)
    {
        var (type, tolerance) = precision;
        using var scope = NewDisposeScope();
        var (batch, classes) = (GoldenBatch(inputs), Length(inputs, "linear2.bias"));
        var run = Run with
        {
            Method = Run.Method with
            {
                MetaInput = c.GetProperty("detachCostInput").GetBoolean() ? null : "differentiated",
                Reduction = c.GetProperty("normaliseWeights").GetBoolean()
                    ? LossReduction.WeightedMean
                    : LossReduction.Mean,
                Parameters = new Dictionary<string, double>
                {
                    ["meta_lr"] = c.Number("metaLr"),
                    ["meta_momentum"] = 0,
                    ["meta_weight_decay"] = 0,
                },
            },
        };
        var network = new TwoLayers(
            (int)inputs.GetProperty("x").Longs("shape")[1],
            Length(inputs, "linear1.bias"),
            classes
        );
        var input = new NetworkInput(network, classes, CPU, type);
        var net = inputs.GetProperty("weightNet");
        var objective = new MetaWeightObjective(
            new(run, network, new CrossEntropyLoss(), [.. Enumerable.Repeat(1, classes)], input),
            net.Numbers("linear1.bias").Length
        );
        using var state = new FlatState(network.Layout, CPU, type);
        using var work = new FlatState(network.Layout, CPU, type);
        state.Parameters.copy_(tensor(Joined(inputs.GetProperty("params"))));
        work.Buffers.copy_(tensor((double[])[.. Joined(net), .. Joined(net).Select(_ => 0.0)]));
        var step = new StepContext([.. Enumerable.Repeat(1.0, classes)], c.Number("lr"), 0, 0);

        var ahead = objective.StepAhead(state, work, batch, step);
        Near.Equal(c.Number("innerLoss"), Values(ahead.InnerLoss)[0], tolerance, $"{c.Id()} inner");
        Near.Equal(c.Numbers("sampleWeights"), Values(ahead.Weights), tolerance, $"{c.Id()} weights");
        Near.Equal(
            Joined(c.GetProperty("virtualParams")),
            [.. ahead.Parameters.SelectMany(Values)],
            tolerance,
            $"{c.Id()} virtual parameters"
        );
        Near.Equal(c.Number("metaLoss"), Values(ahead.MetaLoss)[0], tolerance, $"{c.Id()} meta loss");
        Near.Equal(
            Joined(c.GetProperty("metaGrad")),
            Values(ahead.Gradient),
            tolerance,
            $"{c.Id()} gradient"
        );

        var (tally, gradient, _) = objective.Differentiate(state, work, batch, step);
        var length = Joined(net).Length;
        Near.Equal(
            Joined(c.GetProperty("weightNetAfter")),
            Values(work.Buffers)[..length],
            tolerance,
            $"{c.Id()} weighting net"
        );
        Near.Equal(
            c.Number("outerLoss"),
            tally.LossSum / tally.Denominator,
            tolerance,
            $"{c.Id()} outer loss"
        );
        Near.Equal(
            Joined(c.GetProperty("paramsAfter")),
            [
                .. Joined(inputs.GetProperty("params"))
                    .Zip(Values(gradient), (p, g) => p - (c.Number("lr") * g / tally.Denominator)),
            ],
            tolerance,
            $"{c.Id()} parameters"
        );
    }

    [Fact]
    public void OnlyTheWorkingCopyLearnsAndOnlyOnceInAStep()
    {
        using var replica = new Replica(Run, Counts, Side, Side, CPU);
        replica.Initialise();
        var before = replica.StateHash();
        var (first, again) = (new float[replica.ContributionLength], new float[replica.ContributionLength]);

        replica.Compute<float>([Pair(1)], Even, 0.1, first);
        replica.Compute<float>([Pair(1)], Even, 0.1, again);

        Assert.Equal(before, replica.StateHash());
        Assert.Equal(first, again);
    }

    [Fact]
    public void WeightingNetIsPartOfTheStateAndLearnsFromStepToStep()
    {
        var run = Run with
        {
            Method = Run.Method with { Parameters = new Dictionary<string, double> { ["meta_lr"] = 10 } },
        };
        using var replica = new Replica(run, Counts, Side, Side, CPU);
        replica.Initialise();
        var entry = replica.Layout.Entries.Single(e => e.Name == "weighting.parameters");
        float[] Net()
        {
            var buffers = new float[replica.Layout.BufferLength];
            var parameters = new float[replica.Layout.ParameterLength];
            replica.CopyState<float>(parameters, new float[parameters.Length], buffers);
            return buffers[entry.Offset..(entry.Offset + entry.Length)];
        }

        var (first, second, third) = (Net(), AfterRound(1), AfterRound(2));

        Assert.Equal(301, entry.Length);
        Assert.Equal(StateKind.Buffer, entry.Kind);
        Assert.NotEqual(first, second);
        Assert.NotEqual(second, third);

        float[] AfterRound(int seed)
        {
            SomeTraining.Round<float>(
                replica,
                [
                    [Pair(seed)],
                ],
                Even,
                0.1
            );
            return Net();
        }
    }

    // The running statistics are those of one pass, whatever the virtual step looks at.
    [Fact]
    public void RunningStatisticsAreThoseOfTheUsualObjective()
    {
        using var weighing = new Replica(Run, Counts, Side, Side, CPU);
        using var usual = new Replica(SomeTraining.Run("ce", slots: 1), Counts, Side, Side, CPU);
        weighing.Initialise();
        usual.Initialise();
        var (one, other) = (new float[weighing.ContributionLength], new float[usual.ContributionLength]);

        weighing.Compute<float>([Pair(1)], Even, 0.1, one);
        usual.Compute<float>([Pair(1)], Even, 0.1, other);

        Assert.Equal(other[usual.Layout.ParameterLength..], one[weighing.Layout.ParameterLength..^(2 * 301)]);
    }

    [Theory]
    [InlineData(2, 1, "distribution.slots 2", "virtual step on the whole batch")]
    [InlineData(1, 2, "distribution.local_steps 2", "averaging less often saves nothing")]
    public void SharedBatchIsRefusedWithTheReason(int slots, int localSteps, string what, string why)
    {
        var fault = Assert.Throws<FaultException>(() =>
            new Replica(Run with { Slots = slots, LocalSteps = localSteps }, Counts, Side, Side, CPU)
        );

        Assert.Equal("MM1005", fault.Code);
        Assert.Contains(what, fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingHeldOutIsRefusedWithTheKey()
    {
        var fault = Assert.Throws<FaultException>(() =>
            new Replica(Run with { Imbalance = new() { Kind = "exp" } }, Counts, Side, Side, CPU)
        );

        Assert.Contains("imbalance.held_out", fault.Message, StringComparison.Ordinal);
    }

    private static Batch Pair(int seed)
    {
        var batch = SomeTraining.Images(6, Side, 4, seed);
        return new(batch.Rows, batch.Images, batch.Labels, batch.SampleSum)
        {
            Companion = SomeTraining.Images(6, Side, 4, 100 + seed),
        };
    }

    private static Batch GoldenBatch(JsonElement inputs)
    {
        var batch = GoldenState.Batch(inputs.Numbers("x"), inputs.Longs("labels"));
        return new(batch.Rows, batch.Images, batch.Labels, 0)
        {
            Companion = GoldenState.Batch(inputs.Numbers("metaX"), inputs.Longs("metaLabels")),
        };
    }

    private static int Length(JsonElement inputs, string name) =>
        inputs.GetProperty("params").Numbers(name).Length;

    private static double[] Joined(JsonElement tensors) =>
        [.. Order.SelectMany(name => tensors.Numbers(name))];

    private static double[] Values(Tensor tensor) => Precision.Values(tensor);

    private sealed class TwoLayers : Network
    {
        private readonly PlainHead _first;
        private readonly PlainHead _second;

        public TwoLayers(int inputs, int hidden, int classes)
        {
            InputLength = inputs;
            _first = new(this, "linear1", inputs, hidden);
            _second = new(this, "linear2", hidden, classes);
        }

        public override int InputLength { get; }

        public override NetworkOutput Forward(ForwardPass pass, Tensor rows) =>
            _second.Forward(pass, nn.functional.relu(_first.Forward(pass, rows).Logits));
    }
}

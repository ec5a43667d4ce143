using System.Text.Json;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Models;

public class ResNetTests
{
    // PyTorch in float64; the file asks for 1e-8. Forward, three SGD steps with gradients, parameters, running statistics.
    [Fact]
    public void ThreeTrainingStepsAgreeWithTheGoldenFile()
    {
        TorchThreads.Configure();
        var file = GoldenFile.Open("resnet32");
        foreach (var c in file.Cases)
            Check(c, file.Tolerance);
    }

    private static void Check(JsonElement c, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (n, k, seed) = (c.Int("n"), c.Int("k"), c.Int("seed"));
        var counts = c.Ints("counts");
        using var replica = new Replica(SomeTraining.Golden(c), counts, 32, 32, CPU, ScalarType.Float64);
        Assert.Equal(c.Int("parameterCount"), replica.Layout.ParameterLength);
        GoldenState.Load<double>(replica, c);
        var weights = c.Has("classWeights") ? c.Numbers("classWeights") : [.. counts.Select(_ => 1.0)];
        var learningRate = c.GetProperty("optimiser").Number("lr");
        var batches = c.GetProperty("steps").EnumerateArray().Select(s => Input(s, n, seed)).ToList();

        Near.Equal(c.Numbers("evalLogits"), Logits(replica, batches[0]), tolerance, $"{c.Id()} before");
        if (c.Has("evalFeaturesChecksum"))
            Checksum(
                c.GetProperty("evalFeaturesChecksum"),
                Features(replica, c, batches[0]),
                tolerance,
                $"{c.Id()} features"
            );
        foreach (var (step, batch) in c.GetProperty("steps").EnumerateArray().Zip(batches))
        {
            var name = $"{c.Id()} step {step.Int("step")}";
            Near.Equal(
                step.Numbers("logits"),
                TrainingLogits(replica, c, batch),
                tolerance,
                $"{name} logits"
            );
            var contribution = new double[replica.ContributionLength];
            var tally = replica.Compute<double>([batch], weights, learningRate, contribution);
            Near.Equal(step.Number("loss"), tally.LossSum / tally.Denominator, tolerance, name);

            for (var i = 0; i < contribution.Length; i++)
                contribution[i] /= i < replica.DenominatorLength ? tally.Denominator : tally.Images;
            var gradients = GoldenState.Named(
                replica.Layout,
                contribution[..replica.DenominatorLength],
                contribution[replica.DenominatorLength..]
            );
            Checksums(step, "grads", gradients, tolerance, name);
            replica.Apply<double>(contribution, learningRate);
            var state = GoldenState.Tensors<double>(replica);
            Checksums(step, "params", state, tolerance, name);
            Checksums(step, "buffers", state, tolerance, name);
        }

        Near.Equal(
            c.Numbers("evalLogitsAfterStep3"),
            Logits(replica, batches[0]),
            tolerance,
            $"{c.Id()} after"
        );
    }

    // In float32 ReLU switches make later gradients differ: the file says how far PyTorch's came, and ten times that is right. A loss moves
    // with its logits, so theirs count where its own distance happened to be the smaller one. Which ReLU switches depends on the kernels that
    // a processor gets: one that did not on PyTorch's machine moves a loss by a hundred-thousandth of it, and ten times that is right, too.
    private const double OtherProcessor = 1e-5;

    [Fact]
    public void ThreeTrainingStepsAgreeWithTheGoldenFileInWhatTrains()
    {
        TorchThreads.Configure();
        foreach (var c in GoldenFile.Open("resnet32").Cases)
        {
            using var scope = NewDisposeScope();
            var counts = c.Ints("counts");
            using var replica = new Replica(SomeTraining.Golden(c), counts, 32, 32, CPU);
            GoldenState.Load<float>(replica, c);
            var weights = c.Has("classWeights") ? c.Numbers("classWeights") : [.. counts.Select(_ => 1.0)];
            var allowed = c.GetProperty("float32MaxDiff");
            var first = Input(c.GetProperty("steps")[0], c.Int("n"), c.Int("seed"));
            Apart(
                c.Numbers("evalLogits"),
                Precision.Values(replica.Inference.Logits(first)),
                "evalLogits",
                allowed.Number("evalLogits")
            );
            foreach (var step in c.GetProperty("steps").EnumerateArray())
            {
                var tally = SomeTraining.Round<float>(
                    replica,
                    [
                        [Input(step, c.Int("n"), c.Int("seed"))],
                    ],
                    weights,
                    c.GetProperty("optimiser").Number("lr")
                );
                var t = step.Int("step");
                Apart(
                    [step.Number("loss")],
                    [tally.LossSum / tally.Denominator],
                    $"loss{t}",
                    new[]
                    {
                        allowed.Number($"loss{t}"),
                        allowed.Number($"logits{t}"),
                        t == 1 ? 0 : OtherProcessor * step.Number("loss"),
                    }.Max()
                );
            }

            void Apart(double[] expected, double[] actual, string what, double measured)
            {
                var furthest = expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second));
                Assert.True(furthest <= 10 * measured, $"{c.Id()} {what} is {furthest} away");
            }
        }
    }

    private static Batch Input(JsonElement step, int n, int seed)
    {
        var fill = step.GetProperty("input");
        var images = GoldenState.Values(fill, fill.Int("tensorIndex"), n * 3 * 32 * 32, seed);
        return GoldenState.Batch(GoldenState.ChannelsLast(images, n, 3, 32 * 32), step.Longs("labels"));
    }

    private static double[] Logits(Replica replica, Batch batch)
    {
        using var logits = replica.Inference.Logits(batch);
        return logits.data<double>().ToArray();
    }

    // The network with a copy of the replica's state, which training would change.
    private static (ResNet Network, ForwardPass Pass) Copy(Replica replica, JsonElement c, bool training)
    {
        var network = (ResNet)Networks.Create(SomeTraining.Golden(c).Model, c.Int("k"), 32, 32);
        var state = GoldenState.Tensors<double>(replica);
        List<Tensor> Of(StateKind kind) =>
            [
                .. network
                    .Layout.Entries.Where(e => e.Kind == kind)
                    .Select(e => tensor(state[e.Name], [.. e.Shape])),
            ];
        return (network, new(Of(StateKind.Parameter), Of(StateKind.Buffer), training));
    }

    private static Tensor Images(Batch batch) =>
        tensor(batch.Images[..(batch.Rows * 32 * 32 * 3)], [batch.Rows, 32 * 32 * 3]).to(ScalarType.Float64);

    private static double[] TrainingLogits(Replica replica, JsonElement c, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (network, pass) = Copy(replica, c, training: true);
        return network.Forward(pass, Images(batch)).Logits.data<double>().ToArray();
    }

    private static double[] Features(Replica replica, JsonElement c, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (network, pass) = Copy(replica, c, training: false);
        var images = Images(batch).view(batch.Rows, 32, 32, 3).permute(0, 3, 1, 2);
        return network.FeaturesOf(pass, images).contiguous().data<double>().ToArray();
    }

    private static void Checksum(JsonElement expected, double[] values, double tolerance, string what)
    {
        Near.Equal(expected.Number("sum"), values.Sum(), tolerance, $"{what} sum");
        Near.Equal(expected.Number("l2"), Math.Sqrt(values.Sum(v => v * v)), tolerance, $"{what} l2");
        var first = expected.Numbers("first");
        Near.Equal(first, values[..first.Length], tolerance, what);
    }

    private static void Checksums(
        JsonElement step,
        string table,
        Dictionary<string, double[]> actual,
        double tolerance,
        string what
    )
    {
        if (!step.Has(table)) // the file has some tables for some steps only
            return;
        foreach (var tensor in step.GetProperty(table).EnumerateObject())
            Checksum(tensor.Value, actual[tensor.Name], tolerance, $"{what} {tensor.Name}");
    }

    [Theory]
    [InlineData("resnet32", "plain", 10, 464154)]
    [InlineData("resnet32", "normalised", 10, 464144)]
    [InlineData("resnet32", "plain", 100, 470004)]
    [InlineData("resnet32", "normalised", 100, 469904)]
    public void ParametersAreAsManyAsThePaperSays(string architecture, string head, int classes, int expected)
    {
        var network = Networks.Create(new() { Architecture = architecture, Head = head }, classes, 32, 32);

        Assert.Equal(expected, network.Layout.ParameterLength);
    }

    [Fact]
    public void FirstValuesAreAFunctionOfTheSeedAlone()
    {
        var model = SomeTraining.Run().Model;
        var first = Networks.Create(model, 10, 32, 32).InitialState(7);
        var again = Networks.Create(model, 10, 16, 16).InitialState(7);
        var other = Networks.Create(model, 10, 32, 32).InitialState(8);

        Assert.Equal(first.Parameters, again.Parameters);
        Assert.NotEqual(first.Parameters, other.Parameters);
    }

    [Fact]
    public void FirstValuesHaveTheSpreadOfHeAndUnitColumns()
    {
        var network = Networks.Create(new() { Architecture = "resnet32", Head = "normalised" }, 10, 32, 32);
        var (parameters, buffers) = network.InitialState(1);
        double[] Values(string name)
        {
            var entry = network.Layout.Entries.Single(e => e.Name == name);
            var from = entry.Kind == StateKind.Parameter ? parameters : buffers;
            return [.. from.AsSpan(entry.Offset, entry.Length).ToArray().Select(v => (double)v)];
        }

        // 36,864 draws of Normal(0, √(2/576)): four standard errors of the deviation are 1.5 %.
        var conv = Values("layer3.4.conv2.weight");
        Near.Equal(Math.Sqrt(2.0 / 576), Math.Sqrt(conv.Average(v => v * v)), 0.015 * 0.06, "deviation");
        Near.Equal(0, conv.Average(), 4 * 0.059 / 192, "mean");
        var head = Values("linear.weight");
        for (var column = 0; column < 10; column++)
            Near.Equal(
                1,
                Enumerable.Range(0, 64).Sum(row => Math.Pow(head[row * 10 + column], 2)),
                1e-6,
                "column"
            );
        Assert.All(Values("bn1.weight"), v => Assert.Equal(1, v));
        Assert.All(Values("bn1.running_var"), v => Assert.Equal(1, v));
        Assert.All(Values("bn1.running_mean"), v => Assert.Equal(0, v));
    }

    [Fact]
    public void UnknownModelAndHeadAreRefusedWithTheNamesThatExist()
    {
        var model = Assert.Throws<FaultException>(() =>
            Networks.Create(new() { Architecture = "vgg", Head = "plain" }, 10, 32, 32)
        );
        var head = Assert.Throws<FaultException>(() =>
            Networks.Create(new() { Architecture = "resnet8", Head = "round" }, 10, 32, 32)
        );

        Assert.Contains(
            "resnet8, resnet20, resnet32, resnet44, resnet56",
            model.Fix,
            StringComparison.Ordinal
        );
        Assert.Contains("normalised", head.Fix, StringComparison.Ordinal);
    }
}

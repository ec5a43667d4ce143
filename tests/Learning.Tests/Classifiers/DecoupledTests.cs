using System.Text.Json;
using MMOrleans.Learning.Classifiers;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Classifiers;

public class DecoupledTests
{
    private static readonly GoldenFile File = GoldenFile.Open("decoupled");
    private static readonly JsonElement Inputs = File.Root.GetProperty("inputs");

    [Fact]
    public void TauNormalisedWeightsAndTheirLogitsAgreeWithTheGoldenFile() =>
        ForEach(
            "tauNorm",
            c =>
            {
                var (classes, features) = Shape("weight");
                var weight = TauNormalisation.Of<double>(Inputs.Numbers("weight"), features, c.Number("tau"));
                var network = new Bare();
                var head = new UnbiasedHead(network, "linear", features, classes);

                Near.Equal(c.Numbers("weightAfter"), weight, File.Tolerance, c.Id());
                Check(c, head, tensor(weight, [classes, features]));
            }
        );

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void ScaledLogitsLossAndGradientAgreeWithTheGoldenFile(ScalarType type) =>
        ForEach(
            "lws",
            c =>
            {
                var (classes, features) = Shape("weight");
                var precision = File.In(type);
                var head = new ScaledHead(new Bare(), "linear", features, classes);
                var scales = precision.Of(c.Numbers("scales"), grad: true);
                var weight = precision.Of(Inputs.Numbers("weight"), [classes, features]);

                var output = head.Forward(
                    new([weight, precision.Of(Inputs.Numbers("bias")), scales], [], Training: true),
                    Features().to(type)
                );
                var labels = new LabelRows(c.Longs("labels"), classes, CPU, type);
                var loss = new CrossEntropyLoss().Rows(LossInput.Of(output, labels)).mean();
                loss.backward();

                precision.Near(c.Numbers("logits"), output.Logits, c.Id());
                precision.Near(c.Number("loss"), loss, c.Id());
                precision.Near(c.Numbers("gradScales"), scales.grad!, c.Id());
            }
        );

    [Fact]
    public void NearestClassMeansAgreeWithTheGoldenFile() =>
        ForEach(
            "ncm",
            c =>
            {
                var (count, features) = Shape("trainFeatures");
                var classes = c.GetProperty("centroids").Ints("shape")[0];
                var name =
                    $"ncm-{c.GetProperty("feature").GetString()}-{c.GetProperty("distance").GetString()}";
                var means = ClassMeans.Of(
                    [.. Inputs.Numbers("trainFeatures").Chunk(features)],
                    Inputs.Ints("trainLabels"),
                    classes,
                    Heads.SpaceOf(name)!.Value
                );
                var head = Heads.Create(
                    new Bare(),
                    new() { Architecture = "", Head = name },
                    features,
                    classes
                );
                double[] centroids = [.. means.Means.SelectMany(mean => mean)];

                Near.Equal(c.Numbers("centroids"), centroids, File.Tolerance, c.Id());
                Check(c, head, tensor(centroids, [classes, features]), tensor(means.Centre.ToArray()));
            }
        );

    [Fact]
    public void LogitsAdjustedAfterTrainingAgreeWithTheGoldenFile() =>
        ForEach(
            "postHocLogitAdjust",
            c =>
            {
                var (classes, features) = Shape("weight");
                var adjustment = PriorAdjustment.Of(c.Ints("counts"), c.Number("tau"));
                var head = new PlainHead(new Bare(), "linear", features, classes);

                Check(
                    c,
                    head,
                    tensor(Inputs.Numbers("weight"), [classes, features]),
                    tensor(Inputs.Numbers("bias").Zip(adjustment, (b, a) => b + a).ToArray())
                );
            }
        );

    private static void ForEach(string kind, Action<JsonElement> test)
    {
        var cases = File.Cases.Where(c => c.GetProperty("kind").GetString() == kind).ToList();
        Assert.NotEmpty(cases);
        foreach (var c in cases)
        {
            using var scope = NewDisposeScope();
            test(c);
        }
    }

    private static void Check(JsonElement c, IHead head, params Tensor[] parameters)
    {
        var logits = Doubles(head.Forward(new(parameters, [], Training: false), Features()).Logits);

        Near.Equal(c.Numbers("logits"), logits, File.Tolerance, c.Id());
        if (c.Has("predictions"))
        {
            var predictions = c.Ints("predictions");
            Assert.Equal(
                predictions,
                logits.Chunk(logits.Length / predictions.Length).Select(row => Ranking.Largest(row))
            );
        }
    }

    private static (int Rows, int Columns) Shape(string name) =>
        Inputs.GetProperty(name).Ints("shape") is [var rows, var columns]
            ? (rows, columns)
            : throw new InvalidDataException($"{name} is not a matrix.");

    private static Tensor Features()
    {
        var (rows, columns) = Shape("features");
        return tensor(Inputs.Numbers("features"), [rows, columns]);
    }

    private static double[] Doubles(Tensor tensor) => NetworkInput.Doubles(tensor.detach());

    private sealed class Bare : Network
    {
        public override int InputLength => 0;

        public override NetworkOutput Forward(ForwardPass pass, Tensor rows) =>
            throw new NotSupportedException();
    }
}

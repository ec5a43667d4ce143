using System.Text.Json;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Tests.Support;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Losses;

public class GoldenLossTests
{
    // Every case of the file: its loss, its rows' losses, its margins and its gradient by the logits, in float64.
    [Theory]
    [InlineData("loss_balanced_softmax")]
    [InlineData("loss_cb_focal")]
    [InlineData("loss_ce")]
    [InlineData("loss_focal")]
    [InlineData("loss_hinge")]
    [InlineData("loss_ldam")]
    [InlineData("loss_mm")]
    [InlineData("loss_modern")]
    [InlineData("loss_uniform_margin")]
    public void LossesMarginsAndGradientsAgreeWithTheGoldenFile(string name)
    {
        var file = GoldenFile.Open(name);
        var batches = GoldenFile.Open("batches").Cases.ToDictionary(c => c.Id());
        foreach (var c in file.Cases.Where(c => !GoldenInventory.Waits(name, c.Id())))
            Check(c, batches[c.GetProperty("batch").GetString()!], file.Tolerance);
    }

    [Fact]
    public void LargeMarginSoftmaxAgreesWithTheGoldenFile()
    {
        var file = GoldenFile.Open("loss_lsoftmax");
        var schedule = file.Root.GetProperty("lambdaSchedule");
        foreach (var at in schedule.GetProperty("iterationLambda").EnumerateArray())
            Near.Equal(
                at[1].GetDouble(),
                LargeMarginSoftmaxLoss.Fading(at[0].GetInt64()),
                file.Tolerance,
                $"λ of step {at[0]}"
            );
        foreach (var c in file.Cases)
        {
            using var scope = NewDisposeScope();
            var (shape, classes) = (Shape(c, "features"), Shape(c, "weight")[0]);
            var features = tensor(c.Numbers("features"), shape, requires_grad: true);
            var weights = tensor(c.Numbers("weight"), Shape(c, "weight"), requires_grad: true);
            var labels = new LabelRows(c.Longs("labels"), (int)classes, CPU, ScalarType.Float64);
            var parameters = c.GetProperty("params");
            var loss = new LargeMarginSoftmaxLoss(parameters.Int("margin"), _ => parameters.Number("lambda"));
            var input = new LossInput(features.mm(weights.t()), labels)
            {
                Features = features,
                ClassifierWeights = weights,
            };

            var total = loss.Rows(input).mean();
            total.backward();

            Near.Equal(
                c.Numbers("logits"),
                loss.Adjusted(input).data<double>().ToArray(),
                file.Tolerance,
                c.Id()
            );
            Near.Equal(c.Number("loss"), total.item<double>(), file.Tolerance, c.Id());
            Near.Equal(
                c.Numbers("gradFeatures"),
                features.grad!.data<double>().ToArray(),
                file.Tolerance,
                c.Id()
            );
            Near.Equal(
                c.Numbers("gradWeight"),
                weights.grad!.contiguous().data<double>().ToArray(),
                file.Tolerance,
                c.Id()
            );
        }
    }

    private static long[] Shape(JsonElement c, string name) => c.GetProperty(name).Longs("shape");

    private static void Check(JsonElement c, JsonElement batch, double tolerance)
    {
        using var scope = NewDisposeScope();
        var counts = batch.Ints("counts");
        var labels = batch.Longs("labels");
        var (n, k) = (batch.Int("n"), batch.Int("k"));
        var logits = tensor(batch.Numbers("logits"), [n, k], requires_grad: true);
        var rows = new LabelRows(labels, k, CPU, ScalarType.Float64);
        var weights = c.Has("classWeights") ? c.Numbers("classWeights") : [.. counts.Select(_ => 1.0)];
        var parameters = c.GetProperty("params");
        var loss = GoldenLoss.Create(parameters, counts);

        var input = new LossInput(logits, rows) { ClassWeights = weights };
        var perSample = loss switch
        {
            DisentanglingLoss => Regulariser(parameters, counts, input),
            GaussianCloudedLoss clouded => clouded.Rows(input, tensor(parameters.Numbers("noise"), [n, k])),
            InfluenceBalancedLoss influence => influence.Rows(input, tensor(parameters.Numbers("featureL1"))),
            _ => loss.Rows(input),
        };
        var weighted = perSample * rows.Of(weights);
        var divisor =
            c.GetProperty("reduction").GetString() == "mean" ? n : labels.Sum(label => weights[label]);
        var total = weighted.sum() / divisor;
        total.backward();

        Near.Equal(c.Number("loss"), total.item<double>(), tolerance, c.Id());
        var stored =
            c.Has("note") && c.GetProperty("note").GetString()!.Contains("contains the class weight");
        Near.Equal(
            c.Numbers("perSample"),
            (stored ? weighted : perSample).data<double>().ToArray(),
            tolerance,
            c.Id()
        );
        Near.Equal(c.Numbers("gradLogits"), logits.grad!.data<double>().ToArray(), tolerance, c.Id());
        var margins = loss switch
        {
            MaximumMarginLoss mm => mm.Margins(logits, rows),
            OfficialMaximumMarginLoss mm => mm.Margins(logits, rows),
            _ => null,
        };
        if (margins is not null)
            Near.Equal(c.Numbers("margins"), margins.data<double>().ToArray(), tolerance, c.Id());
    }

    // The file has LADE's regulariser alone, repeated for every row.
    private static Tensor Regulariser(JsonElement parameters, int[] counts, LossInput input) =>
        new DisentanglingLoss(counts, alpha: 1, parameters.Number("remineLambda"))
            .Regulariser(input)
            .expand(input.Logits.shape[0]);
}

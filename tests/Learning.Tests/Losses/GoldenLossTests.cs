using System.Text.Json;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Tests.Support;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Losses;

public class GoldenLossTests
{
    // Every case of the file: its loss, its rows' losses, its margins and its gradient by the logits.
    [Theory]
    [InlineData("loss_balanced_softmax", ScalarType.Float64)]
    [InlineData("loss_balanced_softmax", ScalarType.Float32)]
    [InlineData("loss_cb_focal", ScalarType.Float64)]
    [InlineData("loss_cb_focal", ScalarType.Float32)]
    [InlineData("loss_ce", ScalarType.Float64)]
    [InlineData("loss_ce", ScalarType.Float32)]
    [InlineData("loss_focal", ScalarType.Float64)]
    [InlineData("loss_focal", ScalarType.Float32)]
    [InlineData("loss_hinge", ScalarType.Float64)]
    [InlineData("loss_hinge", ScalarType.Float32)]
    [InlineData("loss_ldam", ScalarType.Float64)]
    [InlineData("loss_ldam", ScalarType.Float32)]
    [InlineData("loss_mm", ScalarType.Float64)]
    [InlineData("loss_mm", ScalarType.Float32)]
    [InlineData("loss_modern", ScalarType.Float64)]
    [InlineData("loss_modern", ScalarType.Float32)]
    [InlineData("loss_uniform_margin", ScalarType.Float64)]
    [InlineData("loss_uniform_margin", ScalarType.Float32)]
    public void LossesMarginsAndGradientsAgreeWithTheGoldenFile(string name, ScalarType type)
    {
        var file = GoldenFile.Open(name);
        var batches = GoldenFile.Open("batches").Cases.ToDictionary(c => c.Id());
        foreach (var c in file.Cases)
            Check(c, batches[c.GetProperty("batch").GetString()!], file.In(type));
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void LargeMarginSoftmaxAgreesWithTheGoldenFile(ScalarType type)
    {
        var file = GoldenFile.Open("loss_lsoftmax");
        var precision = file.In(type);
        var schedule = file.Root.GetProperty("lambdaSchedule");
        var faded = GoldenLoss.LargeMargin(
            multiple: 4,
            schedule.Number("base"),
            schedule.Number("gamma"),
            schedule.Number("power"),
            schedule.Number("min")
        );
        foreach (var at in schedule.GetProperty("iterationLambda").EnumerateArray())
            Near.Equal(
                at[1].GetDouble(),
                faded.Lambda(at[0].GetInt64()),
                file.Tolerance,
                $"λ of step {at[0]}"
            );
        foreach (var c in file.Cases)
        {
            using var scope = NewDisposeScope();
            var (shape, classes) = (Shape(c, "features"), Shape(c, "weight")[0]);
            var features = precision.Of(c.Numbers("features"), shape, grad: true);
            var weights = precision.Of(c.Numbers("weight"), Shape(c, "weight"), grad: true);
            var labels = new LabelRows(c.Longs("labels"), (int)classes, CPU, type);
            var parameters = c.GetProperty("params");
            // λ of a case is the schedule's that does not fade.
            var loss = GoldenLoss.LargeMargin(parameters.Int("margin"), parameters.Number("lambda"), 0, 1, 0);
            var input = new LossInput(features.mm(weights.t()), labels)
            {
                Features = features,
                ClassifierWeights = weights,
            };

            var total = loss.Rows(input).mean();
            total.backward();

            precision.Near(c.Numbers("logits"), loss.Adjusted(input), c.Id());
            precision.Near(c.Number("loss"), total, c.Id());
            precision.Near(c.Numbers("gradFeatures"), features.grad!, c.Id());
            precision.Near(c.Numbers("gradWeight"), weights.grad!, c.Id());
        }
    }

    private static long[] Shape(JsonElement c, string name) => c.GetProperty(name).Longs("shape");

    private static void Check(JsonElement c, JsonElement batch, Precision precision)
    {
        using var scope = NewDisposeScope();
        var counts = batch.Ints("counts");
        var labels = batch.Longs("labels");
        var (n, k) = (batch.Int("n"), batch.Int("k"));
        var logits = precision.Of(batch.Numbers("logits"), [n, k], grad: true);
        var rows = new LabelRows(labels, k, CPU, precision.Type);
        var weights = c.Has("classWeights") ? c.Numbers("classWeights") : [.. counts.Select(_ => 1.0)];
        var parameters = c.GetProperty("params");
        var loss = GoldenLoss.Create(parameters, counts);

        var input = new LossInput(logits, rows) { ClassWeights = weights };
        var perSample = loss switch
        {
            DisentanglingLoss => Regulariser(parameters, counts, input),
            GaussianCloudedLoss clouded => clouded.Rows(
                input,
                precision.Of(parameters.Numbers("noise"), [n, k])
            ),
            InfluenceBalancedLoss influence => influence.Rows(
                input,
                precision.Of(parameters.Numbers("featureL1"))
            ),
            _ => loss.Rows(input),
        };
        var weighted = perSample * rows.Of(weights);
        var divisor =
            c.GetProperty("reduction").GetString() == "mean" ? n : labels.Sum(label => weights[label]);
        var total = weighted.sum() / divisor;
        total.backward();

        precision.Near(c.Number("loss"), total, c.Id());
        var stored =
            c.Has("note") && c.GetProperty("note").GetString()!.Contains("contains the class weight");
        precision.Near(c.Numbers("perSample"), stored ? weighted : perSample, c.Id());
        precision.Near(c.Numbers("gradLogits"), logits.grad!, c.Id());
        var margins = loss switch
        {
            MaximumMarginLoss mm => mm.Margins(logits, rows),
            OfficialMaximumMarginLoss mm => mm.Margins(logits, rows),
            _ => null,
        };
        if (margins is not null)
            precision.Near(c.Numbers("margins"), margins, c.Id());
    }

    // The file has LADE's regulariser alone, repeated for every row.
    private static Tensor Regulariser(JsonElement parameters, int[] counts, LossInput input) =>
        new DisentanglingLoss(counts, alpha: 1, parameters.Number("remineLambda"))
            .Regulariser(input)
            .expand(input.Logits.shape[0]);
}

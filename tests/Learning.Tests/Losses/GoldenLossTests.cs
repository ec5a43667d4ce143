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
        var inside = GoldenLoss.Method(parameters) is { Loss: "focal", MmVariant: "official" };
        var loss = GoldenLoss.Create(parameters, counts, inside ? weights : null);

        var perSample = loss.Rows(logits, rows);
        var weighted = inside ? perSample : perSample * rows.Of(weights);
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
}

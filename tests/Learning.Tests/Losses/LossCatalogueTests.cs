using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Losses;

public class LossCatalogueTests
{
    [Fact]
    public void UnknownLossIsRefusedWithTheNamesThatExist()
    {
        var method = new MethodSpecification
        {
            Name = "x",
            Loss = "huber",
            Reweight = Reweighting.None,
            DeferEpoch = 1,
        };

        var fault = Assert.Throws<FaultException>(() => LossCatalogue.Create(method, [2, 1]));

        Assert.Equal("MM1007", fault.Code);
        Assert.Contains("huber", fault.Message, StringComparison.Ordinal);
        Assert.Contains(
            "ce, focal, gcl, hinge, influence-balanced, l-softmax, label-aware-smoothing, lade, ldam, ldam-hinge",
            fault.Fix,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void TieCountsAsCorrectInTheMaximumMarginLoss()
    {
        using var scope = NewDisposeScope();
        var labels = new LabelRows([0], 2, CPU, ScalarType.Float64);
        var logits = tensor(new[] { 0.5, 0.5 }, [1, 2]);

        var loss = new MaximumMarginLoss(1, [0.6, 0.6], 1.5).Rows(new(logits, labels));

        // D = exp(−0.9); ℓ = log(1 + exp(D)).
        Assert.Equal(Math.Log(1 + Math.Exp(Math.Exp(-0.9))), loss.item<double>(), 12);
    }

    // Rows keep their noise when a batch is shared: it is keyed by draw.
    [Fact]
    public void NoiseOfARowDoesNotDependOnTheSlotThatHasIt()
    {
        using var scope = NewDisposeScope();
        var logits = arange(0, 24, ScalarType.Float64).view(6, 4) / tensor(24.0);
        long[] classes = [0, 1, 2, 3, 0, 1];
        var loss = new GaussianCloudedLoss([60, 30, 20, 10], 30, 0.5, 0);

        var whole = Rows(0, 6, firstDraw: 40);

        Assert.Equal(whole[2..5], Rows(2, 5, firstDraw: 42));
        Assert.NotEqual(whole, Rows(0, 6, firstDraw: 41));
        Assert.NotEqual(whole, Rows(0, 6, firstDraw: null));

        double[] Rows(int start, int end, long? firstDraw) =>
            loss.Rows(
                    new(
                        logits.slice(0, start, end, 1),
                        new(classes.AsSpan(start, end - start), 4, CPU, ScalarType.Float64)
                    )
                    {
                        Noise = firstDraw is { } draw ? new(1, 3, draw) : null,
                    }
                )
                .data<double>()
                .ToArray();
    }

    [Fact]
    public void LabelBeyondTheClassesIsRefused()
    {
        using var scope = NewDisposeScope();

        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() =>
            new LabelRows([10], 10, CPU, ScalarType.Float32)
        );

        Assert.Contains("[0, 10)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfficialMaximumMarginIsRefusedWithMoreThanOneSlot()
    {
        var run = SomeTraining.Run("mm", slots: 2);
        var official = run with { Method = run.Method with { MmVariant = MarginVariant.Official } };

        var fault = Assert.Throws<FaultException>(() => LossCatalogue.RequireShardable(official));
        LossCatalogue.RequireShardable(official with { Slots = 1 });

        Assert.Contains("first label", fault.Message, StringComparison.Ordinal);
        Assert.Contains("distribution.slots to 1", fault.Fix, StringComparison.Ordinal);
    }
}

using MMOrleans.Learning.Losses;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Losses;

public class PolyLossTests
{
    [Theory]
    [InlineData(0)] // cross-entropy
    [InlineData(1)]
    [InlineData(-1)]
    public void EqualLogitsOfTwoClassesCostTheLogarithmOfTwoAndHalfOfEpsilon(double epsilon)
    {
        using var scope = NewDisposeScope();
        var labels = new LabelRows([1], 2, CPU, ScalarType.Float64);
        var logits = tensor(new[] { 3.0, 3.0 }, [1, 2]);

        var loss = new PolyLoss(epsilon).Rows(new(logits, labels));

        Assert.Equal(Math.Log(2) + (epsilon * 0.5), loss.item<double>(), 12);
    }
}

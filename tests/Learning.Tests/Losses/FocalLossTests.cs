using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Tests.Support;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Losses;

/// <summary>Focal loss and its gradient by formulas that round nothing away, up to rows that cost nothing any more.</summary>
public class FocalLossTests
{
    // z_y minus the two other logits. From 17 on float32 takes p for 1, from 37 on float64; from 104 and 746 on 1 − p itself underflows.
    private static readonly double[] Gaps = [-30, -3, 0, 1, 8, 17, 20, 37, 45, 90, 104, 300, 746, 5000];

    public static TheoryData<double, double, ScalarType> Cases =>
        [
            .. from gamma in (double[])[0, 0.25, 0.5, 1, 2]
            from weight in (double[])[1, 0.3, 7]
            from type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]
            select (gamma, weight, type),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void RowsAndGradientsAreThoseOfTheFormula(double gamma, double weight, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var precision = new Precision(type, type == ScalarType.Float32 ? 2e-6 : 1e-13);
        var logits = precision.Of(
            [.. Gaps.SelectMany(gap => (double[])[0, gap, 0])],
            [Gaps.Length, 3],
            grad: true
        );
        var labels = new LabelRows([.. Gaps.Select(_ => 1L)], 3, CPU, type);
        var loss = new FocalLoss(gamma, weightsInside: weight != 1);

        var rows = loss.Rows(new(logits, labels) { ClassWeights = [1, weight, 1] });
        rows.sum().backward();

        var expected = Gaps.Select(gap => Exact(gap, gamma, weight)).ToList();
        precision.Near([.. expected.Select(row => row.Loss)], rows, "loss");
        precision.Near([.. expected.SelectMany(row => row.Gradient)], logits.grad!, "gradient");
    }

    private static (double Loss, double[] Gradient) Exact(double gap, double gamma, double weight)
    {
        var others = 2 * Math.Exp(-gap); // Σ e^(z_j − z_y) of the two
        var cost = double.IsInfinity(others) || others > 1e15 ? Math.Log(2) - gap : LogOnePlus(others);
        var rest = others / (1 + others); // 1 − p
        var factor = OneMinusExp(weight * cost);
        var (faded, slope) =
            gamma == 0 ? (1.0, 0.0)
            : factor == 0 ? (0.0, 0.0)
            : (
                Math.Pow(factor, gamma),
                // The slope of the factor grows without end where cost · slope, which counts, goes to 0.
                gamma * Math.Pow(factor, gamma) * (cost / factor) * weight * Math.Exp(-weight * cost)
            );
        var byCost = faded + slope;
        return (faded * cost, [byCost * rest / 2, -byCost * rest, byCost * rest / 2]);
    }

    private static double LogOnePlus(double x) =>
        x < 1e-5 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    private static double OneMinusExp(double x) =>
        x < 1e-5 ? x - (x * x / 2) + (x * x * x / 6) : 1 - Math.Exp(-x);
}

using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Cross-entropy divided by the influence of the row on the classifier's weights.</summary>
/// <remarks>
/// ℓ = α · CE(z, y) / (|softmax(z) − onehot(y)|₁ · |x|₁ + 0.001). Park, Lim, Jeon, Choi, ICCV 2021. Gradient flows through the divisor.
/// </remarks>
/// <param name="alpha">α, above 0.</param>
public sealed class InfluenceBalancedLoss(double alpha) : ILoss
{
    private const double Smallest = 0.001;

    private static readonly MethodParameter Alpha = new(
        "influence_alpha",
        1000,
        1e-6,
        1e9,
        "α of the influence-balanced loss"
    );

    /// <summary><c>influence-balanced</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "influence-balanced",
            "cross-entropy divided by the row's influence on the classifier",
            (method, _) => new InfluenceBalancedLoss(Alpha.Of(method))
        )
        {
            Parameters = [Alpha],
        };

    /// <inheritdoc/>
    public Tensor Rows(LossInput input) =>
        Rows(
            input,
            input.Features?.abs().sum(1)
                ?? throw new ArgumentException("This loss needs features.", nameof(input))
        );

    /// <param name="input">Logits and labels.</param>
    /// <param name="lengths">[rows]: sum of each row's features' magnitudes.</param>
    internal Tensor Rows(LossInput input, Tensor lengths)
    {
        var wrong = (nn.functional.softmax(input.Logits, 1) - input.Labels.IsTrueClass.to(input.Logits.dtype))
            .abs()
            .sum(1);
        var influence = wrong * lengths;
        return CrossEntropyLoss.Rows(input.Logits, input.Labels).Times(alpha) / influence.Plus(Smallest);
    }
}

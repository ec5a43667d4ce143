using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Cross-entropy whose first polynomial term is weighed anew.</summary>
/// <remarks>ℓ = CE(z, y) + ε · (1 − e^−CE(z, y)). Leng et al., ICLR 2022, arXiv:2204.12511 (Poly-1).</remarks>
public sealed class PolyLoss : ILoss
{
    private static readonly MethodParameter Epsilon = new("poly_epsilon", 1, -1, 100, "ε of the poly loss");

    /// <summary><c>poly</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "poly",
            "cross-entropy with its first polynomial term weighed anew",
            (method, _) => new PolyLoss(Epsilon.Of(method))
        )
        {
            Parameters = [Epsilon],
        };

    private readonly double _epsilon;

    /// <param name="epsilon">ε, −1 or more: below, a row that is predicted well would be pulled away from its class.</param>
    public PolyLoss(double epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epsilon, -1);
        _epsilon = epsilon;
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var cost = CrossEntropyLoss.Rows(input.Logits, input.Labels);
        return cost.Plus(cost.neg().expm1(), -_epsilon);
    }
}

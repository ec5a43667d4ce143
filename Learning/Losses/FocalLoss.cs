using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Focal loss: cross-entropy, faded out for rows that are predicted well already.</summary>
/// <remarks>
/// ℓ = (1 − e^−t)^γ · t with t = w_y · CE(z, y). Lin et al., ICCV 2017. Class weights given here enter the modulating factor too, as in
/// the code of Cao et al. 2019; weights applied to the finished rows are the standard form. Gradient flows through the factor.
/// </remarks>
public sealed class FocalLoss : ILoss
{
    private readonly double _gamma;
    private readonly IReadOnlyList<double>? _weightsInside;
    private readonly CrossEntropyLoss _crossEntropy = new();

    /// <param name="gamma">γ, 1 or more.</param>
    /// <param name="weightsInside">w_c of every class, or null for ones.</param>
    public FocalLoss(double gamma, IReadOnlyList<double>? weightsInside = null)
    {
        // Below 1 the factor's slope is infinite where a row costs nothing.
        ArgumentOutOfRangeException.ThrowIfLessThan(gamma, 1);
        (_gamma, _weightsInside) = (gamma, weightsInside);
    }

    /// <inheritdoc/>
    public Tensor Rows(Tensor logits, LabelRows labels)
    {
        var cost = _crossEntropy.Rows(logits, labels);
        if (_weightsInside is not null)
            cost = cost * labels.Of(_weightsInside);
        return cost.neg().expm1().neg().ToThe(_gamma) * cost;
    }
}

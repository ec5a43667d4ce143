using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Focal loss: cross-entropy, faded out for rows that are predicted well already.</summary>
/// <remarks>
/// ℓ = (1 − e^−t)^γ · CE(z, y). Lin et al., ICCV 2017, has t = CE(z, y); in the code of Cao et al. 2019 class weights enter the modulating
/// factor too, t = w_y · CE(z, y), which is to be chosen. Gradient flows through the factor.
/// </remarks>
public sealed class FocalLoss : ILoss
{
    /// <summary><c>focal</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "focal",
            "cross-entropy, faded out for rows that are predicted well already",
            (method, _) => new FocalLoss(method.Focusing, method.FocalWeights == FocalWeighting.Official)
        )
        {
            Uses = ["focusing", "focal_weights"],
        };

    // The factor's slope grows without end where a row costs nothing; what it adds there, factor · cost, is below every rounding.
    private const double SmallestBase = 1e-18;

    private readonly double _gamma;
    private readonly bool _weightsInside;

    /// <param name="gamma">γ, 0 or more; with 0 it is cross-entropy.</param>
    /// <param name="weightsInside">Whether class weights enter the modulating factor.</param>
    public FocalLoss(double gamma, bool weightsInside = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        (_gamma, _weightsInside) = (gamma, weightsInside);
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var cost = CrossEntropyLoss.Rows(input.Logits, input.Labels);
        var modulating =
            _weightsInside && input.ClassWeights is { } weights ? cost * input.Labels.Of(weights) : cost;
        var rest = modulating.neg().expm1().neg(); // 1 − e^−t
        return (_gamma is > 0 and < 1 ? rest.AtLeast(SmallestBase) : rest).ToThe(_gamma) * cost;
    }
}

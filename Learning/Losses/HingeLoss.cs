using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Multi-class hinge: the true logit has to lead the best of the others by its class's margin.</summary>
/// <remarks>
/// ℓ = s · max(0, max_{j≠y} z_j − z_y + m_y), the form of Crammer and Singer: one violating class, not the sum over classes. At the kink
/// the slope is 0, and among equal competitors the lowest index takes it. For cosine logits.
/// </remarks>
public sealed class HingeLoss : ILoss
{
    private readonly double _scale;
    private readonly IReadOnlyList<double> _margins;

    /// <param name="scale">s, above 0.</param>
    /// <param name="margins">m_c of every class.</param>
    public HingeLoss(double scale, IReadOnlyList<double> margins) => (_scale, _margins) = (scale, margins);

    /// <inheritdoc/>
    public Tensor Rows(Tensor logits, LabelRows labels)
    {
        var trueLogit = logits.Masked(labels.IsTrueClass.logical_not(), 0).sum(1);
        var others = logits.Masked(labels.IsTrueClass, double.NegativeInfinity);
        // The mask is built by comparing, because gathering has no deterministic backward kernel on CUDA.
        var isBest = First(others.detach());
        var bestOther = logits.Masked(isBest.logical_not(), 0).sum(1);
        return nn.functional.relu((bestOther - trueLogit).Plus(labels.Of(_margins))).Times(_scale);
    }

    // The first of each row's largest: [rows, classes] bool. How argmax breaks ties is not promised.
    private static Tensor First(Tensor values)
    {
        var isLargest = values.eq(values.amax([1], keepdim: true));
        return isLargest.logical_and(
            isLargest.to(ScalarType.Int64).cumsum(1).eq(ones_like(isLargest, ScalarType.Int64))
        );
    }
}

using MMOrleans.Learning.Models;
using MMOrleans.Learning.Weighting;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Multi-class hinge: the true logit has to lead the best of the others by its class's margin.</summary>
/// <remarks>
/// ℓ = s · max(0, max_{j≠y} z_j − z_y + m_y), the form of Crammer and Singer: one violating class, not the sum over classes. At the kink
/// the slope is 0, and among equal competitors the lowest index takes it. For cosine logits.
/// </remarks>
public sealed class HingeLoss : ILoss
{
    /// <summary><c>hinge</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "hinge",
            "multi-class hinge with one margin for all classes",
            (method, counts) => new HingeLoss(method.Scale, LdamMargins.Uniform(counts, method.MaxMargin))
        )
        {
            Uses = ["scale", "max_margin"],
        };

    /// <summary><c>ldam-hinge</c></summary>
    public static LossDefinition Ldam { get; } =
        new(
            "ldam-hinge",
            "multi-class hinge with a margin, wider for rarer classes",
            (method, counts) => new HingeLoss(method.Scale, LdamMargins.Of(counts, method.MaxMargin))
        )
        {
            Uses = ["scale", "max_margin"],
        };

    private readonly double _scale;
    private readonly IReadOnlyList<double> _margins;

    /// <param name="scale">s, above 0.</param>
    /// <param name="margins">m_c of every class.</param>
    public HingeLoss(double scale, IReadOnlyList<double> margins) => (_scale, _margins) = (scale, margins);

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var (logits, labels) = (input.Logits, input.Labels);
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

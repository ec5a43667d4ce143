using MMOrleans.Learning.Models;
using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Maximum margin: the margin is largest for rows at the decision boundary and fades with the distance to it.</summary>
/// <remarks>
/// gap = z_y − max_{j≠y} z_j; D = exp(−|gap| − δ₊) where gap ≥ 0, exp(−|gap| − δ₋) elsewhere; ℓ = CE(s · (z − D · onehot(y)), y).
/// Kang, Vu, Yoo, ICIP 2021. D carries no gradient, as in the authors' code. For cosine logits.
/// </remarks>
public sealed class MaximumMarginLoss : ILoss
{
    private static readonly string[] Keys = ["scale", "delta_minus", "delta_ratio", "mm_variant", "mm_tie"];

    /// <summary><c>mm</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "mm",
            "maximum margin: cross-entropy with a margin that is largest at the decision boundary",
            (method, counts) => Of(method, counts, 0)
        )
        {
            Uses = Keys,
            WholeBatch = OfficialMaximumMarginLoss.WholeBatch,
        };

    /// <summary><c>mm-ldam</c></summary>
    public static LossDefinition Ldam { get; } =
        new(
            "mm-ldam",
            "maximum margin, wider for rarer classes",
            // C′ stays 0.5 whatever δ₋ is.
            (method, counts) => Of(method, counts, 0.5)
        )
        {
            Uses = Keys,
            WholeBatch = OfficialMaximumMarginLoss.WholeBatch,
        };

    private readonly double _scale;
    private readonly MarginTie _tie;
    private readonly double[] _deltaMinus;
    private readonly double[] _deltaPlus;

    /// <param name="scale">s, above 0.</param>
    /// <param name="deltaMinus">δ₋ of every class. May be negative, as MM-LDAM's of a rare class.</param>
    /// <param name="deltaRatio">β: δ₊ = β · δ₋.</param>
    /// <param name="tie">What a gap of exactly 0 means.</param>
    public MaximumMarginLoss(
        double scale,
        IReadOnlyList<double> deltaMinus,
        double deltaRatio,
        MarginTie tie = MarginTie.Correct
    )
    {
        (_scale, _tie) = (scale, tie);
        _deltaMinus = [.. deltaMinus];
        _deltaPlus = [.. deltaMinus.Select(d => deltaRatio * d)];
    }

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var (logits, labels) = (input.Logits, input.Labels);
        var margin = labels.IsTrueClass * Margins(logits, labels).unsqueeze(1); // [rows, classes]
        return CrossEntropyLoss.Rows((logits - margin).Times(_scale), labels);
    }

    /// <summary>D of every row: [rows], without gradient.</summary>
    internal Tensor Margins(Tensor logits, LabelRows labels)
    {
        using var _ = no_grad();
        var trueLogit = logits.Masked(labels.IsTrueClass.logical_not(), double.NegativeInfinity).amax(1);
        var bestOther = logits.Masked(labels.IsTrueClass, double.NegativeInfinity).amax(1);
        return MarginDecay.Of(trueLogit - bestOther, labels.Of(_deltaPlus), labels.Of(_deltaMinus), _tie);
    }

    private static ILoss Of(MethodSpecification method, IReadOnlyList<int> counts, double ldamMargin)
    {
        double[] deltas = [.. LdamMargins.Of(counts, ldamMargin).Select(m => method.DeltaMinus - m)];
        var tie = method.MmTie == TieRule.Positive ? MarginTie.Correct : MarginTie.None;
        return method.MmVariant == MarginVariant.Paper
            ? new MaximumMarginLoss(method.Scale, deltas, method.DeltaRatio, tie)
            : new OfficialMaximumMarginLoss(method.Scale, deltas, method.DeltaRatio, tie);
    }
}

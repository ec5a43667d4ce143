using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Maximum margin: the margin is largest for rows at the decision boundary and fades with the distance to it.</summary>
/// <remarks>
/// gap = z_y − max_{j≠y} z_j; D = exp(−|gap| − δ₊) where gap ≥ 0, exp(−|gap| − δ₋) elsewhere; ℓ = CE(s · (z − D · onehot(y)), y).
/// Kang, Vu, Yoo, ICIP 2021. D carries no gradient, as in the authors' code. For cosine logits.
/// </remarks>
public sealed class MaximumMarginLoss : ILoss
{
    private readonly double _scale;
    private readonly MarginTie _tie;
    private readonly double[] _deltaMinus;
    private readonly double[] _deltaPlus;
    private readonly CrossEntropyLoss _crossEntropy = new();

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
    public Tensor Rows(Tensor logits, LabelRows labels)
    {
        var margin = labels.IsTrueClass * Margins(logits, labels).unsqueeze(1); // [rows, classes]
        return _crossEntropy.Rows((logits - margin).Times(_scale), labels);
    }

    /// <summary>D of every row: [rows], without gradient.</summary>
    internal Tensor Margins(Tensor logits, LabelRows labels)
    {
        using var _ = no_grad();
        var trueLogit = logits.Masked(labels.IsTrueClass.logical_not(), double.NegativeInfinity).amax(1);
        var bestOther = logits.Masked(labels.IsTrueClass, double.NegativeInfinity).amax(1);
        return MarginDecay.Of(trueLogit - bestOther, labels.Of(_deltaPlus), labels.Of(_deltaMinus), _tie);
    }
}

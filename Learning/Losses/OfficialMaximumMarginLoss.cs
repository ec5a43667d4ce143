using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Maximum margin with the peculiarities of the authors' published code, for comparison with it.</summary>
/// <remarks>
/// Two differences to <see cref="MaximumMarginLoss"/>: every row's true logit is read from the column of the batch's first label, and
/// the best other logit is taken with the true column set to zero, so it is never below 0. So a row's loss depends on the order and
/// the sharding of the batch: run it with one slot only.
/// </remarks>
public sealed class OfficialMaximumMarginLoss : ILoss
{
    private readonly double _scale;
    private readonly MarginTie _tie;
    private readonly double[] _deltaMinus;
    private readonly double[] _deltaPlus;

    /// <param name="scale">s, above 0.</param>
    /// <param name="deltaMinus">δ₋ of every class.</param>
    /// <param name="deltaRatio">β: δ₊ = β · δ₋.</param>
    /// <param name="tie">What a gap of exactly 0 means; the authors' code has <see cref="MarginTie.None"/>.</param>
    public OfficialMaximumMarginLoss(
        double scale,
        IReadOnlyList<double> deltaMinus,
        double deltaRatio,
        MarginTie tie = MarginTie.None
    )
    {
        (_scale, _tie) = (scale, tie);
        _deltaMinus = [.. deltaMinus];
        _deltaPlus = [.. deltaMinus.Select(d => deltaRatio * d)];
    }

    /// <summary>Why it needs its whole batch, when a method chooses it.</summary>
    internal static string? WholeBatch(MethodSpecification method) =>
        method.MmVariant == MarginVariant.Official
            ? "with method.mm_variant official a row's loss depends on the first label of its batch"
            : null;

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
        var trueLogit = logits.select(1, labels.Indices[0].item<long>());
        var bestOther = logits.Masked(labels.IsTrueClass, 0).amax(1);
        return MarginDecay.Of(trueLogit - bestOther, labels.Of(_deltaPlus), labels.Of(_deltaMinus), _tie);
    }
}

using MMOrleans.Learning.Models;
using MMOrleans.Learning.Weighting;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Label-distribution-aware margin: the rarer the true class, the further its logit must stand out.</summary>
/// <remarks>
/// ℓ = CE(s · (z − m_y · onehot(y)), y) with m_c = C′ · (n_min / n_c)^¼. Cao, Wei, Gaidon, Arechiga, Ma, NeurIPS 2019. The margin comes
/// off before the scale. For cosine logits.
/// </remarks>
public sealed class LdamLoss : ILoss
{
    /// <summary><c>ldam</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "ldam",
            "cross-entropy with a margin, wider for rarer classes",
            (method, counts) => new LdamLoss(method.Scale, LdamMargins.Of(counts, method.MaxMargin))
        )
        {
            Uses = ["scale", "max_margin"],
        };

    /// <summary><c>uniform-margin</c></summary>
    public static LossDefinition UniformMargin { get; } =
        new(
            "uniform-margin",
            "cross-entropy with one margin for all classes",
            (method, counts) => new LdamLoss(method.Scale, LdamMargins.Uniform(counts, method.MaxMargin))
        )
        {
            Uses = ["scale", "max_margin"],
        };

    private readonly double _scale;
    private readonly IReadOnlyList<double> _margins;

    /// <param name="scale">s, above 0.</param>
    /// <param name="margins">m_c of every class, of the whole run's class counts.</param>
    public LdamLoss(double scale, IReadOnlyList<double> margins) => (_scale, _margins) = (scale, margins);

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var margin = input.Labels.IsTrueClass * input.Labels.Of(_margins).unsqueeze(1); // [rows, classes]
        return CrossEntropyLoss.Rows((input.Logits - margin).Times(_scale), input.Labels);
    }
}

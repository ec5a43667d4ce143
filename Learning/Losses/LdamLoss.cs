using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Label-distribution-aware margin: the rarer the true class, the further its logit must stand out.</summary>
/// <remarks>
/// ℓ = CE(s · (z − m_y · onehot(y)), y) with m_c = C′ · (n_min / n_c)^¼. Cao, Wei, Gaidon, Arechiga, Ma, NeurIPS 2019. The margin comes
/// off before the scale. For cosine logits.
/// </remarks>
public sealed class LdamLoss : ILoss
{
    private readonly double _scale;
    private readonly IReadOnlyList<double> _margins;
    private readonly CrossEntropyLoss _crossEntropy = new();

    /// <param name="scale">s, above 0.</param>
    /// <param name="margins">m_c of every class, of the whole run's class counts.</param>
    public LdamLoss(double scale, IReadOnlyList<double> margins) => (_scale, _margins) = (scale, margins);

    /// <inheritdoc/>
    public Tensor Rows(Tensor logits, LabelRows labels)
    {
        var margin = labels.IsTrueClass * labels.Of(_margins).unsqueeze(1); // [rows, classes]
        return _crossEntropy.Rows((logits - margin).Times(_scale), labels);
    }
}

using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Cross-entropy of logits that are stretched and shifted by their class's share of the training images.</summary>
/// <remarks>
/// ℓ = CE(a_c · z_c + b_c, y). Balanced softmax (Ren et al., NeurIPS 2020): b = log n_c. Logit adjustment (Menon et al., ICLR 2021):
/// b = τ · log(n_c / n). Vector scaling (Kini et al., NeurIPS 2021): a = (n_c / n_max)^γ besides. Testing takes the plain logits.
/// </remarks>
public sealed class AdjustedLogitsLoss : ILoss
{
    private readonly double[] _factors;
    private readonly double[] _shifts;
    private readonly CrossEntropyLoss _crossEntropy = new();

    /// <param name="counts">Training images of every class of the whole run.</param>
    /// <param name="tau">τ; 1 is balanced softmax, whose log n differs by a constant only.</param>
    /// <param name="gamma">γ of vector scaling; 0 leaves the logits unstretched.</param>
    public AdjustedLogitsLoss(IReadOnlyList<int> counts, double tau = 1, double gamma = 0)
    {
        double total = counts.Sum(),
            largest = counts.Max();
        _factors = [.. counts.Select(n => Math.Pow(n / largest, gamma))];
        _shifts = [.. counts.Select(n => tau * Math.Log(n / total))];
    }

    /// <inheritdoc/>
    public Tensor Rows(Tensor logits, LabelRows labels) =>
        _crossEntropy.Rows((logits * Like(_factors, logits)).Plus(Like(_shifts, logits)), labels);

    private static Tensor Like(double[] perClass, Tensor logits) =>
        tensor(perClass, dtype: logits.dtype, device: logits.device);
}

using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Cross-entropy of logits that are stretched and shifted by their class's share of the training images.</summary>
/// <remarks>
/// ℓ = CE(a_c · z_c + b_c, y). Balanced softmax (Ren et al., NeurIPS 2020): b = log n_c. Logit adjustment (Menon et al., ICLR 2021):
/// b = τ · log(n_c / n). Vector scaling (Kini et al., NeurIPS 2021): a = (n_c / n_max)^γ besides. Testing takes the plain logits.
/// </remarks>
public sealed class AdjustedLogitsLoss : ILoss
{
    private static readonly MethodParameter Stretch = new(
        "vs_gamma",
        0.15,
        0,
        10,
        "γ of vector scaling: logits are multiplied by (n_c / n_max)^γ"
    );

    /// <summary><c>balanced-softmax</c></summary>
    public static LossDefinition BalancedSoftmax { get; } =
        new(
            "balanced-softmax",
            "cross-entropy of logits shifted by log n_c",
            (_, counts) => new AdjustedLogitsLoss(counts)
        );

    /// <summary><c>logit-adjustment</c></summary>
    public static LossDefinition LogitAdjustment { get; } =
        new(
            "logit-adjustment",
            "cross-entropy of logits shifted by τ · log(n_c / n)",
            (method, counts) => new AdjustedLogitsLoss(counts, method.Tau)
        )
        {
            Uses = ["tau"],
        };

    /// <summary><c>vs</c></summary>
    public static LossDefinition VectorScaling { get; } =
        new(
            "vs",
            "vector scaling: logits stretched by (n_c / n_max)^γ and shifted by τ · log(n_c / n)",
            (method, counts) => new AdjustedLogitsLoss(counts, method.Tau, Stretch.Of(method))
        )
        {
            Uses = ["tau"],
            Parameters = [Stretch],
        };

    private readonly double[] _factors;
    private readonly double[] _shifts;

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
    public Tensor Rows(LossInput input)
    {
        var logits = input.Logits;
        return CrossEntropyLoss.Rows(
            (logits * Like(_factors, logits)).Plus(Like(_shifts, logits)),
            input.Labels
        );
    }

    private static Tensor Like(double[] perClass, Tensor logits) =>
        tensor(perClass, dtype: logits.dtype, device: logits.device);
}

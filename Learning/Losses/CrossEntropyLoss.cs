using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Softmax cross-entropy, the loss of empirical risk minimisation.</summary>
/// <remarks>ℓ = logsumexp(z) − z_y.</remarks>
public sealed class CrossEntropyLoss : ILoss
{
    /// <summary><c>ce</c></summary>
    public static LossDefinition Definition { get; } =
        new("ce", "softmax cross-entropy", (_, _) => new CrossEntropyLoss());

    /// <inheritdoc/>
    public Tensor Rows(LossInput input) => Rows(input.Logits, input.Labels);

    internal static Tensor Rows(Tensor logits, LabelRows labels) =>
        nn.functional.cross_entropy(logits, labels.Indices, reduction: nn.Reduction.None);
}

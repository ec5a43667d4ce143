using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Softmax cross-entropy, the loss of empirical risk minimisation.</summary>
/// <remarks>ℓ = logsumexp(z) − z_y.</remarks>
public sealed class CrossEntropyLoss : ILoss
{
    /// <inheritdoc/>
    public Tensor Rows(Tensor logits, LabelRows labels) =>
        nn.functional.cross_entropy(logits, labels.Indices, reduction: nn.Reduction.None);
}

using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>Sigmoid focal loss: one focal term of one class against the rest for every class, summed over a row.</summary>
/// <remarks>
/// t_j = +1 for the true class, −1 for the others; ℓ = Σ_j (1 − p_j)^γ · (−log p_j) with p_j = sigmoid(t_j · z_j). Cui, Jia, Lin, Song,
/// Belongie, CVPR 2019, where effective-number weights multiply the rows.
/// </remarks>
public sealed class ClassBalancedFocalLoss(double gamma) : ILoss
{
    /// <summary><c>cb-focal</c></summary>
    public static LossDefinition Definition { get; } =
        new(
            "cb-focal",
            "sigmoid focal loss of every class against the rest",
            (method, _) => new ClassBalancedFocalLoss(method.Focusing)
        )
        {
            Uses = ["focusing"],
        };

    /// <inheritdoc/>
    public Tensor Rows(LossInput input)
    {
        var signed = where(input.Labels.IsTrueClass, input.Logits, input.Logits.neg());
        // log(1 − p) is the log-sigmoid of the negative: neither logarithm is taken of a rounded probability.
        var factor = nn.functional.logsigmoid(signed.neg()).Times(gamma).exp();
        return (factor * nn.functional.logsigmoid(signed).neg()).sum(1);
    }
}

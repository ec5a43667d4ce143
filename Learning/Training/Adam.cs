using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training;

/// <summary>Adam with weight decay in the gradient.</summary>
/// <remarks>
/// g′ = g + λ·p; m = β₁·m + (1 − β₁)·g′; v = β₂·v + (1 − β₂)·g′²; p = p − η · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
/// Kingma, Ba, ICLR 2015, as in PyTorch.
/// </remarks>
/// <param name="LearningRate">η, above 0.</param>
/// <param name="WeightDecay">λ, 0 or more.</param>
/// <param name="Beta1">β₁ in [0, 1).</param>
/// <param name="Beta2">β₂ in [0, 1).</param>
/// <param name="Epsilon">ε, above 0.</param>
internal sealed record Adam(
    double LearningRate,
    double WeightDecay = 0,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8
)
{
    /// <param name="parameters">[P]; changed.</param>
    /// <param name="first">[P]: m, changed.</param>
    /// <param name="second">[P]: v, changed.</param>
    /// <param name="step">t: steps with this one, from 1.</param>
    /// <param name="gradient">[P].</param>
    public void Step(Tensor parameters, Tensor first, Tensor second, long step, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var pull = gradient.Plus(parameters, WeightDecay);
        first.MultiplyBy(Beta1).Increase(pull, 1 - Beta1);
        second.MultiplyBy(Beta2).Increase(pull * pull, 1 - Beta2);
        var deviation = second.Times(1 / (1 - Math.Pow(Beta2, step))).sqrt().Plus(Epsilon);
        parameters.Increase(first / deviation, -LearningRate / (1 - Math.Pow(Beta1, step)));
    }
}

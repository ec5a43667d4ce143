using MMOrleans.Learning.Models;
using MMOrleans.Learning.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training;

/// <summary>One step of SGD with momentum and weight decay on flat vectors.</summary>
/// <remarks>
/// g′ = g + λ·p; v = μ·v + g′ (v starts at zero, so the first v is g′); p = p − η·v, or with Nesterov p − η·(g′ + μ·v). The momentum is
/// not multiplied by the rate and lives on when the rate changes.
/// </remarks>
internal static class StochasticGradientDescent
{
    /// <param name="state">Parameters and momentum change.</param>
    /// <param name="gradient">[P]; used as scratch.</param>
    /// <param name="optimiser">Momentum, decay, Nesterov, clip.</param>
    /// <param name="learningRate">η.</param>
    /// <returns>The gradient's Euclidean norm, before the limit.</returns>
    public static double Step(
        FlatState state,
        Tensor gradient,
        OptimiserSpecification optimiser,
        double learningRate
    )
    {
        using var scope = NewDisposeScope();
        var norm = gradient.norm().to(ScalarType.Float64).item<double>();
        if (optimiser.ClipNorm is { } limit && norm > limit)
            gradient.MultiplyBy(limit / norm);
        if (optimiser.WeightDecay != 0)
            foreach (var (start, length) in state.DecayingRanges)
                gradient
                    .narrow(0, start, length)
                    .Increase(state.Parameters.narrow(0, start, length), optimiser.WeightDecay);
        state.Momentum.MultiplyBy(optimiser.Momentum).Increase(gradient);
        var direction = optimiser.Nesterov
            ? gradient.Increase(state.Momentum, optimiser.Momentum)
            : state.Momentum;
        state.Parameters.Increase(direction, -learningRate);
        return norm;
    }
}

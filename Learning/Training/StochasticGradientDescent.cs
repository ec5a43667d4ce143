using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;
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
    /// <param name="scope">What is trained, the rest keeps its bits; null for all.</param>
    /// <returns>The gradient's Euclidean norm, before the limit.</returns>
    public static double Step(
        FlatState state,
        Tensor gradient,
        OptimiserSpecification optimiser,
        double learningRate,
        StageScope? scope = null
    )
    {
        using var disposing = NewDisposeScope();
        scope ??= state.All;
        var norm = gradient.norm().to(ScalarType.Float64).item<double>();
        if (optimiser.ClipNorm is { } limit && norm > limit)
            gradient.MultiplyBy(limit / norm);
        if (optimiser.WeightDecay != 0)
            foreach (var (start, length) in scope.DecayingRanges)
                gradient
                    .narrow(0, start, length)
                    .Increase(state.Parameters.narrow(0, start, length), optimiser.WeightDecay);
        foreach (var (start, length) in scope.Ranges)
        {
            var (pull, momentum) = (
                gradient.narrow(0, start, length),
                state.Momentum.narrow(0, start, length)
            );
            momentum.MultiplyBy(optimiser.Momentum).Increase(pull);
            var direction = optimiser.Nesterov ? pull.Increase(momentum, optimiser.Momentum) : momentum;
            state.Parameters.narrow(0, start, length).Increase(direction, -learningRate);
        }

        return norm;
    }
}

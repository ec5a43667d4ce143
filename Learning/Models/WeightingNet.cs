using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Randomness;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Models;

/// <summary>Weighs a row by what it costs: 1 → hidden → ReLU → 1 → sigmoid.</summary>
/// <remarks>
/// Shu et al., NeurIPS 2019 (Meta-Weight-Net). Its parameters and their momentum are buffers of the network it helps to train: vectors of
/// W₁ [hidden, 1], b₁ [hidden], W₂ [1, hidden], b₂ [1], one after the other.
/// </remarks>
internal sealed class WeightingNet
{
    private readonly int _hidden;

    /// <param name="network">Declares the buffers.</param>
    /// <param name="hidden">Width of the hidden layer.</param>
    public WeightingNet(Network network, int hidden)
    {
        _hidden = hidden;
        Layout = new([new("weighting.parameters", [(3 * hidden) + 1], 0, StateKind.Parameter)]);
        (Parameters, Momentum) = network.Within(
            StatePart.Objective,
            () =>
                (
                    network.Buffer("weighting.parameters", First, Layout.ParameterLength),
                    network.Buffer("weighting.momentum", Initialisations.Constant(0), Layout.ParameterLength)
                )
        );
    }

    /// <summary>Of its parameters alone.</summary>
    public StateLayout Layout { get; }

    /// <summary>Place of its parameters among the buffers.</summary>
    public int Parameters { get; }

    /// <summary>Place of their momentum among the buffers.</summary>
    public int Momentum { get; }

    /// <summary>[rows]: weights in (0, 1).</summary>
    /// <param name="parameters">[3 · hidden + 1].</param>
    /// <param name="costs">[rows].</param>
    public Tensor Weights(Tensor parameters, Tensor costs)
    {
        Tensor Part(int start, int length) => parameters.narrow(0, start, length);
        var inner = nn.functional.relu(
            nn.functional.linear(
                costs.unsqueeze(1),
                Part(0, _hidden).view(_hidden, 1),
                Part(_hidden, _hidden)
            )
        );
        return nn
            .functional.linear(inner, Part(2 * _hidden, _hidden).view(1, _hidden), Part(3 * _hidden, 1))
            .sigmoid()
            .squeeze(1);
    }

    // Uniform up to 1/√inputs, weights and biases alike, as in the published code: the first layer has one input.
    private void First(Span<double> values, ref KeyedRandom random)
    {
        Initialisations.Uniform(1)(values[..(2 * _hidden)], ref random);
        Initialisations.Uniform(1 / Math.Sqrt(_hidden))(values[(2 * _hidden)..], ref random);
    }
}

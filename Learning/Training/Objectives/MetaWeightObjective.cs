using System.Diagnostics;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Rows are weighed by a small net that learns, a step ahead, which weights help the companion's images.</summary>
/// <remarks>
/// <para>
/// Shu et al., NeurIPS 2019 (Meta-Weight-Net). With costs c_i at the parameters P: v_i = V(c_i); a virtual step without momentum,
/// P′ = P − η · ∇ Σ v_i · c_i / Σ v_i; the companion's mean cost at P′, differentiated through P′, changes V; then costs and weights once more
/// with the new V, whose weights are constants, for the real step. <c>method.reduction mean</c> divides by the rows instead of by Σ v.
/// </para>
/// <para>
/// V and its momentum are buffers, written to in the working copy. With the one slot that this needs, averaging (times the images, divided
/// by them) gives a number back or its neighbour in float32, for everybody the same, and then leaves it: nothing drifts. Only the real
/// step's pass moves the running statistics.
/// </para>
/// </remarks>
internal sealed class MetaWeightObjective : IObjective
{
    /// <summary>Width of the published weighting net.</summary>
    private const int Hidden = 100;

    private static readonly MethodParameter Rate = new(
        "meta_lr",
        1e-5,
        0,
        10,
        "learning rate of the weighting net"
    );

    private static readonly MethodParameter Momentum = new(
        "meta_momentum",
        0.9,
        0,
        0.9999,
        "momentum of the weighting net, of Nesterov's kind"
    );

    private static readonly MethodParameter Decay = new(
        "meta_weight_decay",
        5e-4,
        0,
        1,
        "weight decay of the weighting net"
    );

    /// <summary><c>meta-weights</c></summary>
    public static ObjectiveDefinition Definition { get; } =
        new(
            "meta-weights",
            "rows weighed by a net that learns from the companion (Meta-Weight-Net)",
            parts => new MetaWeightObjective(parts, Hidden)
        )
        {
            Carries = (network, classes) => _ = new WeightingNet(network, Hidden),
            HasCompanion = true,
            Uses = ["meta_input"],
            Parameters = [Rate, Momentum, Decay],
            WholeBatch = "its weighting net learns from a virtual step on the whole batch",
            EveryStepAveraged = "it runs with one slot, where averaging less often saves nothing",
        };

    private readonly ObjectiveParts _parts;
    private readonly WeightingNet _net;
    private readonly bool _dividesByRows;
    private readonly bool _isInputConstant;
    private readonly OptimiserSpecification _optimiser;

    /// <param name="parts">Network, loss, run.</param>
    /// <param name="hidden">Width of the weighting net.</param>
    /// <exception cref="FaultException">MM1007: a key names something that does not exist.</exception>
    public MetaWeightObjective(ObjectiveParts parts, int hidden)
    {
        var method = parts.Specification.Method;
        (_parts, _net) = (parts, new(parts.Network, hidden));
        _dividesByRows = Reductions.DividesByRows(method);
        _isInputConstant = method.MetaInput switch
        {
            null or "constant" => true,
            "differentiated" => false,
            var other => throw FaultException.NoChoice(
                "method.meta_input",
                other,
                "constant",
                "differentiated"
            ),
        };
        _optimiser = new()
        {
            LearningRate = Rate.Of(method),
            Momentum = Momentum.Of(method),
            WeightDecay = Decay.Of(method),
            Nesterov = Momentum.Of(method) > 0,
        };
    }

    public (EpochSums Tally, Tensor Gradient, long ForwardTicks) Differentiate(
        FlatState state,
        FlatState work,
        Batch batch,
        StepContext step
    )
    {
        var began = Stopwatch.GetTimestamp();
        var ahead = StepAhead(state, work, batch, step);
        var (net, momentum) = (work.BufferViews[_net.Parameters], work.BufferViews[_net.Momentum]);
        Learn(net, momentum, ahead.Gradient);
        var (output, costs) = Costs(state.ParameterViews, work.BufferViews, batch, step);
        var weights = WeightsOf(net, costs.detach(), batch, step).detach();
        var total = (costs * weights).sum();
        var shares = NetworkInput.Doubles(weights);
        var tally = RowTally.Count(
            _parts.Input,
            state,
            work,
            batch,
            output.Logits,
            costs,
            shares,
            _dividesByRows ? [.. shares.Select(_ => 1.0)] : shares,
            batch.Labels
        );
        var forward = Stopwatch.GetTimestamp() - began;
        var gradients = autograd.grad([total], [.. state.ParameterViews]);
        return (tally, cat([.. gradients.Select(g => g.reshape(-1))]), forward);
    }

    /// <summary>The virtual step, and which way the weighting net should go for it to have been better.</summary>
    internal MetaStep StepAhead(FlatState state, FlatState work, Batch batch, StepContext step)
    {
        var companion =
            batch.Companion ?? throw new ArgumentException("The batch has no companion.", nameof(batch));
        // Copies: the running statistics are those of the real step only.
        Tensor[] buffers = [.. work.BufferViews.Select(buffer => buffer.clone())];
        var net = work.BufferViews[_net.Parameters].clone().requires_grad_(true);
        var (_, costs) = Costs(state.ParameterViews, buffers, batch, step);
        var weights = WeightsOf(net, _isInputConstant ? costs.detach() : costs, batch, step);
        var shares = _dividesByRows ? weights.Times(1.0 / batch.Rows) : weights / weights.sum();
        var inner = (shares * costs).sum();
        var gradients = autograd.grad(
            [inner],
            [.. state.ParameterViews],
            retain_graph: true,
            create_graph: true
        );
        Tensor[] moved =
        [
            .. state.ParameterViews.Zip(gradients, (p, gradient) => p.Plus(gradient, -step.LearningRate)),
        ];
        var meta = Costs(moved, buffers, companion, step).Rows.mean();
        return new(inner, shares, moved, meta, autograd.grad([meta], [net])[0]);
    }

    // As the network's own parameters learn; every one of the net's decays.
    private void Learn(Tensor net, Tensor momentum, Tensor gradient)
    {
        using var ungraded = no_grad();
        using var state = new FlatState(_net.Layout, net.device, net.dtype);
        state.Parameters.copy_(net);
        state.Momentum.copy_(momentum);
        StochasticGradientDescent.Step(state, gradient, _optimiser, _optimiser.LearningRate);
        net.copy_(state.Parameters);
        momentum.copy_(state.Momentum);
    }

    private (NetworkOutput Output, Tensor Rows) Costs(
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> buffers,
        Batch batch,
        StepContext step
    )
    {
        var output = _parts.Network.Forward(
            new(parameters, buffers, Training: true),
            _parts.Input.Rows(batch)
        );
        var rows = _parts.Rows(output, _parts.Input.Labels(batch), batch, step);
        return (output, rows);
    }

    // The classes' weights are a factor of the net's, as they are of everything else.
    private Tensor WeightsOf(Tensor net, Tensor costs, Batch batch, StepContext step) =>
        _net.Weights(net, costs) * _parts.Input.Labels(batch).Of(step.ClassWeights);
}

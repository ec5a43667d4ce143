using MMOrleans.Learning.Models;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training;

/// <summary>What the steps of a phase touch of a state, and in which mode the network computes them.</summary>
internal sealed class StageScope
{
    private readonly bool[] _trains; // by parameter tensor
    private readonly bool _pretrains;

    /// <param name="layout">Of the state.</param>
    /// <param name="trains">Whether a tensor is trained.</param>
    public StageScope(StateLayout layout, Func<StateEntry, bool> trains)
    {
        _trains = [.. layout.Entries.Where(e => e.Kind == StateKind.Parameter).Select(trains)];
        Ranges = layout.Ranges(trains);
        DecayingRanges = layout.Ranges(entry => trains(entry) && entry.Decays);
        MovingBuffers = layout.Ranges(_ => true, StateKind.Buffer);
        TrainsAll = Array.TrueForAll(_trains, trained => trained);
    }

    /// <summary>Of a run's phase.</summary>
    public StageScope(StateLayout layout, ModelSpecification model, Phase phase)
        : this(layout, entry => TrainedParts.Contain(model, phase, entry.Part))
    {
        MovesStatistics = TrainedParts.MoveStatistics(model, phase);
        MovingBuffers = layout.Ranges(
            entry => MovesStatistics || entry.Part == StatePart.Objective,
            StateKind.Buffer
        );
        _pretrains = phase == Phase.Pretraining;
    }

    /// <summary>Of a network that is trained whole.</summary>
    public static StageScope All(StateLayout layout) => new(layout, _ => true);

    /// <summary>Elements that the optimiser changes: neighbours in one.</summary>
    public IReadOnlyList<(int Start, int Length)> Ranges { get; }

    /// <summary>Those of them that weight decay pulls at.</summary>
    public IReadOnlyList<(int Start, int Length)> DecayingRanges { get; }

    /// <summary>Elements of the buffers that change: what the objective carries, and running statistics where they move.</summary>
    public IReadOnlyList<(int Start, int Length)> MovingBuffers { get; }

    /// <summary>Whether <see cref="Ranges"/> is everything.</summary>
    public bool TrainsAll { get; }

    /// <summary>Whether the network normalises by the batch and its running statistics move; otherwise these keep their bits.</summary>
    public bool MovesStatistics { get; } = true;

    /// <summary>A training step's pass.</summary>
    /// <param name="state">Whose parameters.</param>
    /// <param name="work">Whose buffers; they change when the statistics move.</param>
    public ForwardPass Pass(FlatState state, FlatState work) => Pass(state.ParameterViews, work);

    /// <summary>A pass with other parameters than a state's.</summary>
    /// <param name="parameters">All of them, in model order.</param>
    /// <param name="work">Whose buffers.</param>
    public ForwardPass Pass(IReadOnlyList<Tensor> parameters, FlatState work) =>
        new(parameters, work.BufferViews, MovesStatistics) { Pretrains = _pretrains };

    /// <summary>All parameters, with others in the place of those that are trained.</summary>
    public IReadOnlyList<Tensor> With(FlatState state, IReadOnlyList<Tensor> trained)
    {
        var next = 0;
        return [.. state.ParameterViews.Select((view, i) => _trains[i] ? trained[next++] : view)];
    }

    /// <summary>The parameters that are trained, in model order.</summary>
    public IReadOnlyList<Tensor> Trained(FlatState state) =>
        TrainsAll ? state.ParameterViews : [.. state.ParameterViews.Where((_, i) => _trains[i])];

    /// <summary>The gradients of <see cref="Trained"/> as one vector over all parameters, zero where nothing is trained: [P].</summary>
    public Tensor Flatten(FlatState state, IReadOnlyList<Tensor> gradients)
    {
        if (TrainsAll)
            return cat([.. gradients.Select(g => g.reshape(-1))]);
        var next = 0;
        return cat([
            .. state.ParameterViews.Select(
                (view, i) => (_trains[i] ? gradients[next++] : zeros_like(view)).reshape(-1)
            ),
        ]);
    }
}

using System.Diagnostics;
using System.IO.Hashing;
using System.Numerics;
using System.Numerics.Tensors;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace MMOrleans.Learning.Training;

/// <summary>One network with its state on one device: computes the contributions of slots and applies their average.</summary>
/// <remarks>
/// <para>
/// The state changes in <see cref="Apply{T}"/>, <see cref="LoadState{T}"/> and <see cref="Initialise"/> only. <see cref="Compute{T}"/>
/// works on copies, so any slot, in any order and any number of times, starts from the state of the round.
/// </para>
/// <para>
/// Not thread-safe; used by one thread, prepared by <see cref="TorchThreads.Configure"/>. Numbers are float32; a replica made with
/// float64 runs the same code with <c>double</c> spans, which is how it is compared with reference numbers.
/// </para>
/// </remarks>
public sealed class Replica : IDisposable
{
    private readonly RunSpecification _specification;
    private readonly Network _network;
    private readonly IObjective _objective;
    private readonly IObjective? _pretext;
    private readonly StageScope _scope;
    private readonly StageScope _pretextScope;
    private readonly ScalarType _type;
    private readonly FlatState _state;
    private readonly FlatState _work;
    private readonly Tensor _averaged;
    private long _forwardTicks;

    /// <param name="specification">Model, method, optimiser, seed, local steps.</param>
    /// <param name="counts">Training images of every class of the whole run, not of a shard.</param>
    /// <param name="height">Of the images, in pixels.</param>
    /// <param name="width">Of the images, in pixels.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="type">Float32 (default) or Float64.</param>
    public Replica(
        RunSpecification specification,
        IReadOnlyList<int> counts,
        int height,
        int width,
        Device device,
        ScalarType type = ScalarType.Float32
    )
        : this(
            specification,
            counts,
            Networks.Create(specification.Model, counts.Count, height, width, specification.Pretraining),
            device,
            type
        ) { }

    /// <summary>With a network of its own instead of the specification's.</summary>
    public Replica(
        RunSpecification specification,
        IReadOnlyList<int> counts,
        Network network,
        Device device,
        ScalarType type = ScalarType.Float32
    )
    {
        (_specification, _network, _type) = (specification, network, type);
        LossCatalogue.RequireShardable(specification);
        var loss = LossCatalogue.Create(specification.Method, counts);
        var input = new NetworkInput(network, counts.Count, device, type);
        _objective = Objective.Create(specification, network, loss, counts, input);
        _scope = new(Layout, specification.Model, Phase.Main);
        _pretextScope = new(Layout, specification.Model, Phase.Pretraining);
        if (specification.Pretraining is not null)
            _pretext = Objective.Pretraining(
                specification,
                network,
                new(network, Rotation.Classes, device, type, pretrains: true)
            );
        if (specification.Strict && device.type == DeviceType.CUDA)
            DeterministicKernels.Use(true); // and kept on: another replica of this process may rely on it
        _state = new(Layout, device, type);
        // A gradient is of the state's own parameters; local steps move their own.
        _work = new(Layout, device, type, hasParameters: specification.LocalSteps > 1);
        _averaged = zeros(Layout.ParameterLength, type, device).DetachFromDisposeScope();
        Inference = new(network, loss, input, _state, _work);
    }

    /// <summary>What the elements of the state's vectors are.</summary>
    public StateLayout Layout => _network.Layout;

    /// <summary>Elements of the working copy.</summary>
    internal long WorkLength => _work.Parameters.numel() + _work.Momentum.numel() + _work.Buffers.numel();

    /// <summary>Asks the network without training it.</summary>
    public Inference Inference { get; }

    /// <summary>Elements of a contribution: gradient and buffers (H = 1), or parameters, momentum and buffers (H &gt; 1).</summary>
    public int ContributionLength =>
        (_specification.LocalSteps == 1 ? 1 : 2) * Layout.ParameterLength + Layout.BufferLength;

    /// <summary>How many of a contribution's first elements are to be divided by Σ w; the others are divided by the images.</summary>
    public int DenominatorLength => _specification.LocalSteps == 1 ? Layout.ParameterLength : 0;

    /// <summary>Euclidean norm of the last averaged gradient, before any limit; NaN before the first, and for H &gt; 1, where none is averaged.</summary>
    public double LastGradientNorm { get; private set; } = double.NaN;

    /// <summary>Euclidean norm of the parameters.</summary>
    public double WeightNorm()
    {
        var squares = 0.0;
        foreach (var parameter in NetworkInput.Doubles(_state.Parameters))
            squares += parameter * parameter;
        return Math.Sqrt(squares);
    }

    /// <summary>Seconds that training spent in forward passes since this was last asked. For people: nothing depends on it.</summary>
    public double TakeForwardSeconds()
    {
        var seconds = Stopwatch.GetElapsedTime(0, _forwardTicks).TotalSeconds;
        _forwardTicks = 0;
        return seconds;
    }

    /// <summary>Takes the state of round 0: a pure function of the specification.</summary>
    /// <param name="weights">Those that the specification names by their hash; null when it names none.</param>
    /// <exception cref="FaultException">MM5001: they are other ones, or missing. MM5002: they do not fit.</exception>
    public void Initialise(InitialWeights? weights = null)
    {
        var (parameters, buffers) = _network.InitialState(_specification.Seed);
        if (_specification.Model.InitFrom is not null)
            InitialWeights
                .Require(weights, _specification.Model)
                .PutInto(_specification.Model, Layout, parameters, buffers);
        if (_type == ScalarType.Float32)
            LoadState<float>(parameters, new float[parameters.Length], buffers);
        else
        {
            LoadState<double>(
                [.. parameters.Select(p => (double)p)],
                new double[parameters.Length],
                [.. buffers.Select(b => (double)b)]
            );
        }
    }

    /// <summary>Computes what a slot gives to a round that starts from the state. The state stays as it is.</summary>
    /// <param name="steps">The slot's images of each of the round's local steps; a step may have none.</param>
    /// <param name="classWeights">w of every class in this epoch.</param>
    /// <param name="learningRate">η of this epoch; used when H &gt; 1.</param>
    /// <param name="contribution">[<see cref="ContributionLength"/>]; overwritten, with zeros when the slot has no images.</param>
    /// <param name="step">Optimiser steps of the run before this round.</param>
    /// <param name="epoch">The round's epoch as the method counts it.</param>
    /// <param name="phase">The round's.</param>
    /// <exception cref="NonFiniteLossException">A loss or a gradient is not finite.</exception>
    public EpochSums Compute<T>(
        IReadOnlyList<Batch> steps,
        double[] classWeights,
        double learningRate,
        Span<T> contribution,
        long step = 0,
        int epoch = 0,
        Phase phase = Phase.Main
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Demand(contribution.Length, ContributionLength, nameof(contribution));
        var first = new StepContext(classWeights, learningRate, step, epoch);
        return _specification.LocalSteps == 1
            ? ComputeGradient(steps.Single(), first, phase, contribution)
            : ComputeLocalSteps(steps, first, phase, contribution);
    }

    /// <summary>Goes from the state of a round to that of the next.</summary>
    /// <param name="averaged">The sum of all slots' contributions, already divided.</param>
    /// <param name="learningRate">η of the round's epoch.</param>
    /// <param name="phase">The round's.</param>
    /// <param name="endsStage">Whether the next round begins another stage: its optimiser starts without momentum.</param>
    public void Apply<T>(
        ReadOnlySpan<T> averaged,
        double learningRate,
        Phase phase = Phase.Main,
        bool endsStage = false
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Demand(averaged.Length, ContributionLength, nameof(averaged));
        using var disposing = NewDisposeScope();
        using var ungraded = no_grad();
        var scope = ScopeOf(phase);
        var first = averaged[..Layout.ParameterLength];
        var rest = averaged[Layout.ParameterLength..];
        if (_specification.LocalSteps == 1)
        {
            FlatVector.Load(_averaged, first);
            LastGradientNorm = StochasticGradientDescent.Step(
                _state,
                _averaged,
                _specification.Optimiser,
                learningRate,
                scope
            );
        }
        else
        {
            LoadTrained(_state.Parameters, first, scope);
            LoadTrained(_state.Momentum, rest[..Layout.ParameterLength], scope);
        }

        var buffers = rest[^Layout.BufferLength..];
        foreach (var (start, length) in scope.MovingBuffers)
            FlatVector.Load(_state.Buffers.narrow(0, start, length), buffers.Slice(start, length));
        if (endsStage)
            _state.Momentum.zero_();
    }

    /// <summary>Copies the state out: parameters [P], momentum [P], buffers [B].</summary>
    public void CopyState<T>(Span<T> parameters, Span<T> momentum, Span<T> buffers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatVector.Store(_state.Parameters, parameters);
        FlatVector.Store(_state.Momentum, momentum);
        FlatVector.Store(_state.Buffers, buffers);
    }

    /// <summary>Replaces the state.</summary>
    public void LoadState<T>(ReadOnlySpan<T> parameters, ReadOnlySpan<T> momentum, ReadOnlySpan<T> buffers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FlatVector.Load(_state.Parameters, parameters);
        FlatVector.Load(_state.Momentum, momentum);
        FlatVector.Load(_state.Buffers, buffers);
    }

    /// <summary>128-bit hash of the state, quick enough to ride on every contribution.</summary>
    public UInt128 StateHash()
    {
        var hash = new XxHash128();
        foreach (var vector in new[] { _state.Parameters, _state.Momentum, _state.Buffers })
        {
            using var local = vector.cpu();
            hash.Append(local.bytes);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary><c>state_sha256</c> of the state that <paramref name="round"/> starts from; of a float32 replica.</summary>
    public string StateSha256(long round)
    {
        var parameters = new float[Layout.ParameterLength];
        var momentum = new float[Layout.ParameterLength];
        var buffers = new float[Layout.BufferLength];
        CopyState<float>(parameters, momentum, buffers);
        return MMOrleans.Runs.Checkpoints.StateHash.Sha256(parameters, momentum, buffers, round);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _work.Dispose();
        _averaged.Dispose();
    }

    // What is not trained keeps its bits, which an average of equal numbers would not.
    private void LoadTrained<T>(Tensor target, ReadOnlySpan<T> values, StageScope scope)
        where T : unmanaged
    {
        if (scope.TrainsAll)
        {
            FlatVector.Load(target, values);
            return;
        }

        FlatVector.Load(_averaged, values);
        foreach (var (start, length) in scope.Ranges)
            target.narrow(0, start, length).copy_(_averaged.narrow(0, start, length));
    }

    private StageScope ScopeOf(Phase phase) => phase == Phase.Pretraining ? _pretextScope : _scope;

    private EpochSums ComputeGradient<T>(Batch batch, StepContext step, Phase phase, Span<T> contribution)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (batch.Rows == 0)
        {
            contribution.Clear();
            return default;
        }

        using var scope = NewDisposeScope();
        using (no_grad())
            _work.Buffers.copy_(_state.Buffers);
        var (tally, gradient) = Differentiate(_state, batch, step, phase);
        StoreFinite(gradient, contribution[..Layout.ParameterLength], "Gradients");
        var buffers = contribution[Layout.ParameterLength..];
        buffers.Clear();
        foreach (var (start, length) in ScopeOf(phase).MovingBuffers)
            FlatVector.Store(
                _work.Buffers.narrow(0, start, length),
                buffers.Slice(start, length),
                batch.Rows
            );
        return tally;
    }

    private EpochSums ComputeLocalSteps<T>(
        IReadOnlyList<Batch> steps,
        StepContext first,
        Phase phase,
        Span<T> contribution
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using (no_grad())
            _work.CopyFrom(_state);
        var total = default(EpochSums);
        for (var i = 0; i < steps.Count; i++)
        {
            var batch = steps[i];
            if (batch.Rows == 0)
                continue;
            using var scope = NewDisposeScope();
            var (tally, gradient) = Differentiate(_work, batch, first with { Step = first.Step + i }, phase);
            using var ungraded = no_grad();
            gradient.DivideBy(tally.Denominator);
            StochasticGradientDescent.Step(
                _work,
                gradient,
                _specification.Optimiser,
                first.LearningRate,
                ScopeOf(phase)
            );
            total += tally;
        }

        if (total.Images == 0)
        {
            contribution.Clear();
            return total;
        }

        var length = Layout.ParameterLength;
        StoreFinite(_work.Parameters, contribution[..length], "Parameters after local steps", total.Images);
        FlatVector.Store(_work.Momentum, contribution[length..(2 * length)], total.Images);
        FlatVector.Store(_work.Buffers, contribution[(2 * length)..], total.Images);
        return total;
    }

    private (EpochSums Tally, Tensor Gradient) Differentiate(
        FlatState state,
        Batch batch,
        StepContext step,
        Phase phase
    )
    {
        var objective = phase == Phase.Pretraining ? _pretext! : _objective;
        var (tally, gradient, forward) = objective.Differentiate(state, _work, batch, step);
        _forwardTicks += forward;
        return (tally, gradient);
    }

    private void StoreFinite<T>(Tensor source, Span<T> parameters, string what, long factor = 1)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (T.IsFinite(FlatVector.StoreAndSum(source, parameters, factor)))
            return;
        foreach (var entry in Layout.Entries.Where(e => e.Kind == StateKind.Parameter))
        {
            if (!T.IsFinite(TensorPrimitives.SumOfMagnitudes(parameters.Slice(entry.Offset, entry.Length))))
            {
                throw new NonFiniteLossException(
                    $"{what} are not finite; first in {entry.Name}.",
                    entry.Name
                );
            }
        }

        throw new NonFiniteLossException($"{what} are too large to be summed.", "all parameters");
    }

    private static void Demand(int length, int wanted, string name)
    {
        if (length != wanted)
            throw new ArgumentException($"{length} elements were given, {wanted} are a contribution.", name);
    }
}

using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Randomness;
using TorchSharp;

namespace MMOrleans.Learning.Models;

/// <summary>A network as a function of its state: it knows names, shapes and first values, and holds no tensor.</summary>
/// <remarks>
/// So one description serves a run's common state and every slot's copy of it, and parameters can be views of one flat vector from the
/// start. A derived constructor declares its tensors in the order in which they are stored.
/// </remarks>
public abstract class Network
{
    private readonly List<StateEntry> _entries = [];
    private readonly List<Initialisation> _initialisations = [];
    private int _parameterLength;
    private int _bufferLength;
    private StatePart _part;

    /// <summary>Names, shapes and places of all tensors, in model order.</summary>
    public StateLayout Layout => field ??= new(_entries);

    /// <summary>Numbers of one input row.</summary>
    public abstract int InputLength { get; }

    /// <summary>Computes logits (those of pre-training when the pass asks for them), and the features they come from.</summary>
    /// <param name="pass">The state to use; in training its running statistics are updated in place.</param>
    /// <param name="rows">[rows, <see cref="InputLength"/>].</param>
    public abstract NetworkOutput Forward(ForwardPass pass, torch.Tensor rows);

    /// <summary>The first values of all parameters and all buffers: a pure function of the seed.</summary>
    public (float[] Parameters, float[] Buffers) InitialState(long seed)
    {
        var parameters = new float[_parameterLength];
        var buffers = new float[_bufferLength];
        for (var i = 0; i < _entries.Count; i++)
        {
            var entry = _entries[i];
            var values = new double[entry.Length];
            var random = new KeyedRandom(seed, RandomPurpose.Initialisation, i);
            _initialisations[i](values, ref random);
            var target = entry.Kind == StateKind.Parameter ? parameters : buffers;
            for (var j = 0; j < values.Length; j++)
                target[entry.Offset + j] = (float)values[j];
        }

        return (parameters, buffers);
    }

    /// <summary>Declares a parameter; returns its place in <see cref="ForwardPass.Parameters"/>.</summary>
    protected internal int Parameter(string name, Initialisation initialisation, params long[] shape)
    {
        var index = _entries.Count(e => e.Kind == StateKind.Parameter);
        Declare(new(name, shape, _parameterLength, StateKind.Parameter), initialisation);
        _parameterLength += _entries[^1].Length;
        return index;
    }

    /// <summary>Declares a parameter that weight decay leaves alone.</summary>
    protected internal int UndecayedParameter(string name, Initialisation initialisation, params long[] shape)
    {
        var index = Parameter(name, initialisation, shape);
        _entries[^1] = _entries[^1] with { Decays = false };
        return index;
    }

    /// <summary>Declares a buffer; returns its place in <see cref="ForwardPass.Buffers"/>.</summary>
    protected internal int Buffer(string name, Initialisation initialisation, params long[] shape)
    {
        var index = _entries.Count(e => e.Kind == StateKind.Buffer);
        Declare(new(name, shape, _bufferLength, StateKind.Buffer), initialisation);
        _bufferLength += _entries[^1].Length;
        return index;
    }

    /// <summary>Declares what <paramref name="declare"/> declares as a part; unless told, tensors are the backbone's.</summary>
    protected internal T Within<T>(StatePart part, Func<T> declare)
    {
        var outer = _part;
        _part = part;
        var declared = declare();
        _part = outer;
        return declared;
    }

    private void Declare(StateEntry entry, Initialisation initialisation)
    {
        _entries.Add(entry with { Part = _part });
        _initialisations.Add(initialisation);
    }
}

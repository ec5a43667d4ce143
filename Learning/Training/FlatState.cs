using MMOrleans.Learning.Models;
using MMOrleans.Runs.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training;

/// <summary>A state as three flat vectors on the device, and the network's tensors as views of them.</summary>
/// <remarks>
/// Updating a vector updates the network; there is no copying between the two. The views are leaves of autograd, the vectors are not
/// in it, so that the optimiser may write to them.
/// </remarks>
internal sealed class FlatState : IDisposable
{
    private readonly Tensor[] _parameters;
    private readonly Tensor[] _buffers;

    /// <param name="layout">What the elements are.</param>
    /// <param name="device">Where.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="hasParameters">False for buffers alone: parameters and momentum are empty then.</param>
    public FlatState(StateLayout layout, Device device, ScalarType type, bool hasParameters = true)
    {
        All = StageScope.All(layout);
        using var scope = NewDisposeScope();
        var parameters = hasParameters ? layout.ParameterLength : 0;
        Parameters = zeros(parameters, type, device).DetachFromDisposeScope();
        Momentum = zeros(parameters, type, device).DetachFromDisposeScope();
        Buffers = zeros(layout.BufferLength, type, device).DetachFromDisposeScope();
        _parameters = hasParameters ? Views(layout, StateKind.Parameter, Parameters) : [];
        _buffers = Views(layout, StateKind.Buffer, Buffers);
        foreach (var parameter in _parameters)
            parameter.requires_grad = true;
    }

    /// <summary>All of it is trained.</summary>
    public StageScope All { get; }

    /// <summary>[P].</summary>
    public Tensor Parameters { get; }

    /// <summary>[P]; not multiplied by the learning rate.</summary>
    public Tensor Momentum { get; }

    /// <summary>[B].</summary>
    public Tensor Buffers { get; }

    /// <summary>The network's parameters: leaves, views of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<Tensor> ParameterViews => _parameters;

    /// <summary>The network's buffers: views of <see cref="Buffers"/>.</summary>
    public IReadOnlyList<Tensor> BufferViews => _buffers;

    public ForwardPass Pass(bool training) => new(_parameters, _buffers, training);

    public void CopyFrom(FlatState other)
    {
        Parameters.copy_(other.Parameters);
        Momentum.copy_(other.Momentum);
        Buffers.copy_(other.Buffers);
    }

    public void Dispose()
    {
        foreach (var view in _parameters.Concat(_buffers))
            view.Dispose();
        Parameters.Dispose();
        Momentum.Dispose();
        Buffers.Dispose();
    }

    private static Tensor[] Views(StateLayout layout, StateKind kind, Tensor flat) =>
        [
            .. layout
                .Entries.Where(e => e.Kind == kind)
                .Select(e => flat.narrow(0, e.Offset, e.Length).view([.. e.Shape]).DetachFromDisposeScope()),
        ];
}

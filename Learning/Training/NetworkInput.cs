using System.Runtime.InteropServices;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training;

/// <summary>Batches as the tensors that a network and its losses take, and what is read back from them.</summary>
/// <param name="network">Takes the rows.</param>
/// <param name="classes">Of the labels.</param>
/// <param name="device">Where the tensors live.</param>
/// <param name="type">Of the numbers.</param>
/// <param name="pretrains">Whether it is the head of pre-training that answers.</param>
internal sealed class NetworkInput(
    Network network,
    int classes,
    Device device,
    ScalarType type,
    bool pretrains = false
)
{
    /// <summary>The true classes of a batch's rows.</summary>
    public LabelRows Labels(Batch batch) => new(batch.Labels.AsSpan(0, batch.Rows), classes, device, type);

    /// <summary>[rows, inputs]. On the CPU in float32 the batch's own memory.</summary>
    public Tensor Rows(Batch batch)
    {
        var numbers = (long)batch.Rows * network.InputLength;
        if (batch.Images.Length < numbers)
        {
            throw new ArgumentException(
                $"A batch of {batch.Rows} rows has {batch.Images.Length} numbers; the network takes {numbers}.",
                nameof(batch)
            );
        }

        return frombuffer(batch.Images, ScalarType.Float32, numbers)
            .view(batch.Rows, network.InputLength)
            .to(type, device);
    }

    /// <summary>A tensor's elements, row by row.</summary>
    public static double[] Doubles(Tensor tensor)
    {
        using var local = tensor.to(ScalarType.Float64, CPU).contiguous();
        return MemoryMarshal.Cast<byte, double>(local.bytes).ToArray();
    }

    /// <summary>Looks for the first layer that went wrong, by computing once more with someone watching.</summary>
    /// <param name="state">Whose parameters.</param>
    /// <param name="work">Whose buffers.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="training">The mode it happened in.</param>
    /// <param name="what">What was seen, such as <c>The loss of row 3 is NaN</c>.</param>
    public NonFiniteLossException Diverged(
        FlatState state,
        FlatState work,
        Batch batch,
        bool training,
        string what
    )
    {
        using var ungraded = no_grad();
        string? first = null;
        network.Forward(
            new(
                state.ParameterViews,
                work.BufferViews,
                training,
                (layer, output) => first ??= output.isfinite().all().item<bool>() ? null : layer
            )
            {
                Pretrains = pretrains,
            },
            Rows(batch)
        );
        var where = first ?? "the loss itself";
        return new($"{what}; first in {where}.", where);
    }
}

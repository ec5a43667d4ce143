using MMOrleans.Learning.Models;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Output;

/// <summary>How large a network is, by arithmetic: building it would load the native library.</summary>
/// <param name="Parameters">Elements that the optimiser changes.</param>
/// <param name="Buffers">Running means and variances.</param>
internal readonly record struct NetworkSize(long Parameters, long Buffers)
{
    private const int Kernel = 3 * 3;
    private const int Features = 64;

    /// <summary>Bytes of a checkpoint: parameters, their momentum and the buffers in float32.</summary>
    public long CheckpointBytes => sizeof(float) * ((2 * Parameters) + Buffers);

    /// <summary>Of a residual network of 6n + 2 layers with 16, 32 and 64 channels and shortcuts without parameters.</summary>
    public static NetworkSize Of(ModelSpecification model, int classes)
    {
        var depth = int.Parse(model.Architecture["resnet".Length..]);
        var blocks = (depth - 2) / 6;
        var size = new NetworkSize().Convolution(3, 16);
        var inputs = 16;
        foreach (var outputs in new[] { 16, 32, Features })
        {
            for (var block = 0; block < blocks; block++)
            {
                size = size.Convolution(inputs, outputs).Convolution(outputs, outputs);
                inputs = outputs;
            }
        }

        var branches = model.Head == Heads.Bilateral ? 2 : 1;
        if (branches == 2)
        {
            size = size.Convolution(blocks == 1 ? Features / 2 : Features, Features)
                .Convolution(Features, Features);
        }

        var head =
            ((long)branches * Features * classes)
            + model.Head switch
            {
                "plain" or "sigmoid" or Heads.Bilateral => classes,
                "scaled" => 2 * classes,
                _ when Heads.SpaceOf(model.Head) is not null => Features,
                _ => 0,
            };
        return size with { Parameters = size.Parameters + head };
    }

    /// <summary>With a convolution and the normalisation after it: scale and shift, running mean and variance.</summary>
    private NetworkSize Convolution(int inputs, int outputs) =>
        new(Parameters + (inputs * outputs * Kernel) + (2 * outputs), Buffers + (2 * outputs));
}

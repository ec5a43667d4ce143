using System.Numerics;
using System.Text.Json;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Checkpoints;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>Filled inputs and states of the golden networks, in the form that a replica takes.</summary>
internal static class GoldenState
{
    /// <summary>Loads the fills named in <c>params</c> and <c>buffers</c>.</summary>
    public static void Load<T>(Replica replica, JsonElement c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var layout = replica.Layout;
        var parameters = new T[layout.ParameterLength];
        var buffers = new T[layout.BufferLength];
        Fill(c.GetProperty("params"), StateKind.Parameter, parameters);
        if (c.TryGetProperty("buffers", out var given))
            Fill(given, StateKind.Buffer, buffers);
        replica.LoadState<T>(parameters, new T[parameters.Length], buffers);

        void Fill(JsonElement tensors, StateKind kind, T[] target)
        {
            var entries = layout.Entries.Where(e => e.Kind == kind).ToList();
            Assert.Equal(
                entries.Select(e => e.Name),
                tensors.EnumerateArray().Select(t => t.GetProperty("name").GetString()!)
            );
            foreach (var (entry, tensor) in entries.Zip(tensors.EnumerateArray()))
            {
                Assert.Equal(entry.Shape, tensor.Longs("shape"));
                Values(tensor, tensor.Int("tensorIndex"), entry.Length, c.Int("seed"))
                    .Select(T.CreateChecked)
                    .ToArray()
                    .CopyTo(target.AsSpan(entry.Offset));
            }
        }
    }

    public static double[] Values(JsonElement fill, int tensorIndex, int count, int seed) =>
        GoldenFill.Values(count, tensorIndex, seed, fill.Number("amplitude"), fill.Number("center"));

    public static Batch Batch(IReadOnlyList<double> rows, long[] labels) =>
        new(labels.Length, [.. rows.Select(v => (float)v)], labels, 0);

    /// <summary>[n, channels, height, width] to [n, height, width, channels].</summary>
    public static double[] ChannelsLast(double[] values, int n, int channels, int pixels)
    {
        var turned = new double[values.Length];
        for (var row = 0; row < n; row++)
        for (var channel = 0; channel < channels; channel++)
        for (var pixel = 0; pixel < pixels; pixel++)
            turned[(row * pixels + pixel) * channels + channel] = values[
                (row * channels + channel) * pixels + pixel
            ];
        return turned;
    }

    /// <summary>The state's tensors by name.</summary>
    public static Dictionary<string, double[]> Tensors<T>(Replica replica)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var layout = replica.Layout;
        var parameters = new T[layout.ParameterLength];
        var buffers = new T[layout.BufferLength];
        replica.CopyState<T>(parameters, new T[parameters.Length], buffers);
        return Named(
            layout,
            [.. parameters.Select(double.CreateChecked)],
            [.. buffers.Select(double.CreateChecked)]
        );
    }

    /// <summary>Cuts flat vectors into named tensors.</summary>
    public static Dictionary<string, double[]> Named(
        StateLayout layout,
        double[] parameters,
        double[] buffers
    ) =>
        layout.Entries.ToDictionary(
            e => e.Name,
            e => (e.Kind == StateKind.Parameter ? parameters : buffers).AsSpan(e.Offset, e.Length).ToArray()
        );
}

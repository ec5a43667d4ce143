using TorchSharp;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Losses;

/// <summary>The true classes of some rows, in the forms that losses need. Belongs to the dispose scope it was made in.</summary>
public sealed class LabelRows
{
    private readonly long[] _labels;
    private readonly Device _device;
    private readonly ScalarType _type;

    /// <param name="labels">One class a row, each in [0, classes).</param>
    /// <param name="classes">K.</param>
    /// <param name="device">Where the logits are.</param>
    /// <param name="type">The logits' type.</param>
    public LabelRows(ReadOnlySpan<long> labels, int classes, Device device, ScalarType type)
    {
        foreach (var label in labels)
        {
            if (label < 0 || label >= classes)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels),
                    label,
                    $"Labels lie in [0, {classes}); the images and the class counts are of different data sets."
                );
            }
        }

        (_labels, _device, _type) = (labels.ToArray(), device, type);
        Indices = tensor(_labels, device: device);
        // Compared rather than scattered: scattering has no deterministic kernel on CUDA.
        IsTrueClass = Indices.unsqueeze(1).eq(tensor(Classes(classes), device: device));
    }

    /// <summary>[rows] int64.</summary>
    public Tensor Indices { get; }

    /// <summary>[rows, classes] bool, true at each row's own class.</summary>
    public Tensor IsTrueClass { get; }

    private static long[] Classes(int count)
    {
        var classes = new long[count];
        for (var i = 0; i < count; i++)
            classes[i] = i;
        return classes;
    }

    /// <summary>Each row's entry of a vector over classes: [rows], in the logits' type.</summary>
    public Tensor Of(IReadOnlyList<double> perClass)
    {
        var rows = new double[_labels.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = perClass[(int)_labels[i]];
        return tensor(rows, dtype: _type, device: _device);
    }
}

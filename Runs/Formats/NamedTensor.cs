using System.Runtime.InteropServices;

namespace MMOrleans.Runs.Formats;

/// <summary>Numbers with a name and a shape, as they lie in a file: row-major, little-endian.</summary>
public sealed class NamedTensor
{
    /// <summary>Dimensions that readers take; networks have up to five.</summary>
    public const int MostDimensions = 64;

    /// <param name="name">Not empty.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes of the dimensions, each 0 or more; empty for a scalar.</param>
    /// <param name="data">The elements' bytes; their number follows from type and shape.</param>
    /// <exception cref="ArgumentException">The bytes do not fill the shape.</exception>
    public NamedTensor(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var elements = Elements(shape);
        if (data.Length != elements * BytesOf(type))
        {
            throw new ArgumentException(
                $"Tensor {name} has {data.Length} bytes, but [{string.Join(", ", shape)}] of {type} needs {elements * BytesOf(type)}.",
                nameof(data)
            );
        }

        Name = name;
        Type = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>Such as <c>layer1.0.conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public TensorType Type { get; }

    /// <summary>Sizes of the dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Row-major, little-endian.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>A tensor of single precision; the values are copied.</summary>
    public static NamedTensor From(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(name, TensorType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of double precision; the values are copied.</summary>
    public static NamedTensor From(string name, IReadOnlyList<long> shape, ReadOnlySpan<double> values) =>
        new(name, TensorType.F64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of integers; the values are copied.</summary>
    public static NamedTensor From(string name, IReadOnlyList<long> shape, ReadOnlySpan<long> values) =>
        new(name, TensorType.I64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements of a tensor whose type is <typeparamref name="T"/>.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="long"/>, as <see cref="Type"/> says.</typeparam>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
    {
        var wanted =
            typeof(T) == typeof(float) ? TensorType.F32
            : typeof(T) == typeof(double) ? TensorType.F64
            : typeof(T) == typeof(long) ? TensorType.I64
            : throw new NotSupportedException($"Tensors hold no {typeof(T).Name}.");
        return wanted == Type
            ? MemoryMarshal.Cast<byte, T>(Data.Span)
            : throw new InvalidOperationException($"Tensor {Name} holds {Type}, not {wanted}.");
    }

    internal static int BytesOf(TensorType type) => type == TensorType.F32 ? sizeof(float) : sizeof(double);

    internal static long Elements(IReadOnlyList<long> shape)
    {
        var elements = 1L;
        foreach (var size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size);
            elements = checked(elements * size);
        }

        return elements;
    }
}

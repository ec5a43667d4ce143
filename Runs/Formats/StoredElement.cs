using System.Buffers.Binary;

namespace MMOrleans.Runs.Formats;

/// <summary>How a number lies in a file of PyTorch, and which of our element types holds it without loss.</summary>
/// <param name="Bytes">Of one number.</param>
/// <param name="Type">What it is read as: half precision is widened to single, whole numbers to 64 bits.</param>
/// <param name="Widen">Writes one number as that; null where it lies there so already.</param>
internal sealed record StoredElement(int Bytes, TensorType Type, StoredElement.Writer? Widen = null)
{
    /// <summary>Writes one number as another type.</summary>
    internal delegate void Writer(ReadOnlySpan<byte> from, Span<byte> to);

    private delegate long WholeNumber(ReadOnlySpan<byte> from);

    /// <summary>Those that are understood, by Python's name of their storage in the module <c>torch</c>.</summary>
    public static IReadOnlyDictionary<string, StoredElement> OfStorage { get; } =
        new Dictionary<string, StoredElement>(StringComparer.Ordinal)
        {
            ["FloatStorage"] = new(4, TensorType.F32),
            ["DoubleStorage"] = new(8, TensorType.F64),
            ["LongStorage"] = new(8, TensorType.I64),
            ["HalfStorage"] = new(
                2,
                TensorType.F32,
                (from, to) =>
                    BinaryPrimitives.WriteSingleLittleEndian(
                        to,
                        (float)BinaryPrimitives.ReadHalfLittleEndian(from)
                    )
            ),
            // The upper half of a single-precision number.
            ["BFloat16Storage"] = new(2, TensorType.F32, (from, to) => from.CopyTo(to[2..])),
            ["IntStorage"] = Whole(4, from => BinaryPrimitives.ReadInt32LittleEndian(from)),
            ["ShortStorage"] = Whole(2, from => BinaryPrimitives.ReadInt16LittleEndian(from)),
            ["CharStorage"] = Whole(1, from => (sbyte)from[0]),
            ["ByteStorage"] = Whole(1, from => from[0]),
            ["BoolStorage"] = Whole(1, from => from[0]),
        };

    /// <summary>The numbers as our element type.</summary>
    /// <param name="stored">Row-major.</param>
    public byte[] Widened(byte[] stored)
    {
        if (Widen is null)
            return stored;
        var size = NamedTensor.BytesOf(Type);
        var wide = new byte[checked(stored.Length / Bytes * size)];
        for (var i = 0; i < stored.Length / Bytes; i++)
            Widen(stored.AsSpan(i * Bytes, Bytes), wide.AsSpan(i * size, size));
        return wide;
    }

    private static StoredElement Whole(int bytes, WholeNumber read) =>
        new(bytes, TensorType.I64, (from, to) => BinaryPrimitives.WriteInt64LittleEndian(to, read(from)));
}

using System.Buffers.Binary;

namespace MMOrleans.Runs.Formats;

/// <summary>An array of whole numbers as a pickle holds it.</summary>
internal sealed class PickledArray
{
    /// <summary>Sizes of the dimensions.</summary>
    public IReadOnlyList<long> Shape { get; set; } = [0];

    /// <summary>Bytes of a number.</summary>
    public int Size { get; set; } = 1;

    /// <summary>Whether a number may be below 0.</summary>
    public bool IsSigned { get; set; }

    /// <summary>The numbers, little-endian.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Whether the first dimension runs fastest, as in Fortran.</summary>
    public bool IsByColumn { get; set; }

    /// <summary>How many numbers there are.</summary>
    public int Count => Data.Length / Size;

    /// <summary>One number, in the order of the data.</summary>
    public long Whole(int index)
    {
        var bytes = Data.Span.Slice(index * Size, Size);
        return (Size, IsSigned) switch
        {
            (1, false) => bytes[0],
            (1, true) => (sbyte)bytes[0],
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, true) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, true) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"an array of shape [{string.Join(", ", Shape)}]";
}

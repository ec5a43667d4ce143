using System.Buffers.Binary;

namespace MMOrleans.Grains.Transport;

/// <summary>One chunk on a connection: its number and length, its bytes, and whether they were still the chunk's when the last was sent.</summary>
internal static class VectorFrame
{
    /// <summary>Bytes before the chunk's: number, length.</summary>
    public const int HeadLength = sizeof(ulong) + sizeof(int);

    /// <summary>Bytes after the chunk's.</summary>
    public const int TailLength = 1;

    /// <summary>Most bytes of a chunk: as of a message.</summary>
    public const int Largest = 16 << 20;

    /// <summary>Bytes of the key that a connection begins with.</summary>
    public const int KeyLength = 16;

    public static void WriteHead(Span<byte> head, ulong number, int length)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(head, number);
        BinaryPrimitives.WriteInt32LittleEndian(head[sizeof(ulong)..], length);
    }

    /// <exception cref="InvalidDataException">No sender of ours wrote that.</exception>
    public static (ulong Number, int Length) ReadHead(ReadOnlySpan<byte> head)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[sizeof(ulong)..]);
        return length is >= 0 and <= Largest
            ? (BinaryPrimitives.ReadUInt64LittleEndian(head), length)
            : throw new InvalidDataException(
                $"A frame of {length} bytes was announced; the most are {Largest}."
            );
    }
}

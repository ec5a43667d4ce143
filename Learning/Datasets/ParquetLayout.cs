using System.Buffers.Binary;

namespace MMOrleans.Learning.Datasets;

/// <summary>Looks at a Parquet file's lengths before its reader does, which would take whatever memory they claim.</summary>
/// <remarks>
/// The footer and the header of every page are structures in Thrift's compact protocol: fields that carry their type, so that they can be
/// walked through without knowing what they mean. A text or a list may not claim more than there is, nor a page more than the file
/// holds or <see cref="LargestPage"/> once it is unpacked.
/// </remarks>
internal sealed class ParquetLayout
{
    /// <summary>Bytes of an unpacked page; writers make pages of one megabyte, or of one large image.</summary>
    public const int LargestPage = 1 << 28;

    private const int Tail = 8; // the footer's length and the mark
    private const int LargestFooter = 1 << 26;
    private const int LargestHeader = 1 << 16; // of a page; it may hold statistics
    private const int MostLevels = 32;
    private const int UncompressedSize = 2; // fields of a page's header
    private const int CompressedSize = 3;

    private readonly byte[] _bytes;
    private int _at;

    private ParquetLayout(byte[] bytes) => _bytes = bytes;

    /// <summary>Walks through the footer.</summary>
    /// <exception cref="InvalidDataException">It claims more than it has.</exception>
    public static void CheckFooter(Stream file)
    {
        if (file.Length < Tail)
            throw new InvalidDataException($"it has {file.Length} bytes, which is not a Parquet file");
        file.Position = file.Length - Tail;
        var tail = new byte[Tail];
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (length < 0 || length > Math.Min(LargestFooter, file.Length - Tail))
            throw new InvalidDataException(
                $"its footer claims {length:N0} bytes of a file of {file.Length:N0}"
            );
        file.Position = file.Length - Tail - length;
        var footer = new byte[length];
        file.ReadExactly(footer);
        new ParquetLayout(footer).Structure(1, null);
    }

    /// <summary>Walks through the pages of a column.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">Where the first one begins.</param>
    /// <param name="length">Bytes of all, headers included.</param>
    /// <exception cref="InvalidDataException">A page claims more than there is, or than is read.</exception>
    public static void CheckPages(Stream file, long from, long length)
    {
        if (from < 0 || length < 0 || from > file.Length - length)
            throw new InvalidDataException(
                $"a column claims {length:N0} bytes from {from:N0} on of {file.Length:N0}"
            );
        for (var end = from + length; from < end; )
        {
            file.Position = from;
            var head = new byte[Math.Min(LargestHeader, file.Length - from)];
            file.ReadExactly(head);
            var header = new ParquetLayout(head);
            var sizes = new Dictionary<long, long>();
            header.Structure(1, sizes);
            var (packed, unpacked) = (
                sizes.GetValueOrDefault(CompressedSize, -1),
                sizes.GetValueOrDefault(UncompressedSize, -1)
            );
            if (packed < 0 || packed > end - from || unpacked is < 0 or > LargestPage)
                throw new InvalidDataException(
                    $"a page claims {packed:N0} bytes, unpacked {unpacked:N0}; {end - from:N0} are left and {LargestPage:N0} are read at most"
                );
            from += header._at + packed;
        }
    }

    /// <param name="level">Of nesting.</param>
    /// <param name="numbers">Gets the whole numbers among the fields; null where nobody asks.</param>
    private void Structure(int level, Dictionary<long, long>? numbers)
    {
        if (level > MostLevels)
            throw new InvalidDataException($"its structures are nested deeper than {MostLevels} levels");
        var field = 0L;
        while (Byte() is var head && (head & 0x0f) != 0)
        {
            var delta = head >> 4;
            field = delta == 0 ? Number() : field + delta;
            var type = head & 0x0f;
            if (type is 4 or 5 or 6)
            {
                var number = Number();
                if (numbers is not null)
                    numbers[field] = number;
            }
            else if (type is not (1 or 2)) // a truth value is its own type
                Value(type, level);
        }
    }

    private void Value(int type, int level)
    {
        switch (type)
        {
            case 1 or 2 or 3:
                Skip(1);
                break;
            case 4 or 5 or 6:
                Number();
                break;
            case 7:
                Skip(sizeof(double));
                break;
            case 8:
                Skip(Count());
                break;
            case 9 or 10:
                var head = Byte();
                for (var left = head >> 4 == 15 ? Count() : head >> 4; left > 0; left--)
                    Value(head & 0x0f, level + 1);
                break;
            case 12:
                Structure(level + 1, null);
                break;
            default:
                throw new InvalidDataException($"it has a field of the unknown type {type}");
        }
    }

    /// <summary>How many bytes or elements follow; each takes one at least.</summary>
    private long Count()
    {
        var count = (long)Unsigned();
        return count >= 0 && count <= _bytes.Length - _at
            ? count
            : throw new InvalidDataException(
                $"a text or list claims {count:N0} where {_bytes.Length - _at:N0} bytes are left"
            );
    }

    private long Number()
    {
        var zigzag = Unsigned();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    private ulong Unsigned()
    {
        var number = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return number;
        }

        throw new InvalidDataException("a number has no end");
    }

    private void Skip(long bytes)
    {
        if (bytes > _bytes.Length - _at)
            throw new InvalidDataException("it ends within a field");
        _at += (int)bytes;
    }

    private byte Byte()
    {
        Skip(1);
        return _bytes[_at - 1];
    }
}

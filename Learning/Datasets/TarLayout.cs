using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Looks at a tar archive's headers before its reader does, which would take whatever memory they claim.</summary>
/// <remarks>Names and attributes are read into memory whole, with the length that their header gives: two gigabytes for 512 bytes of forgery.</remarks>
internal static class TarLayout
{
    /// <summary>Bytes that a long name or the attributes of an entry may have; real ones have hundreds.</summary>
    public const int LargestAttributes = 1 << 20;

    private const int Block = 512;
    private const int SizeAt = 124;
    private const int SizeLength = 12;

    /// <summary>Where a header says what kind of entry it is.</summary>
    public const int TypeAt = 156;

    /// <summary>Walks through the archive.</summary>
    /// <param name="archive">Read from its position on; left where it was where it can seek.</param>
    /// <param name="most">Bytes that all of it may have.</param>
    /// <exception cref="InvalidDataException">It claims more than it has, or than it may.</exception>
    public static void Check(Stream archive, long most)
    {
        var began = archive.CanSeek ? archive.Position : 0;
        var header = new byte[Block];
        var total = 0L;
        while (archive.ReadAtLeast(header, Block, throwOnEndOfStream: false) == Block)
        {
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
                break; // what follows the end mark is nobody's
            var size = Size(header);
            if (
                header[TypeAt] is (byte)'L' or (byte)'K' or (byte)'x' or (byte)'g'
                && size > LargestAttributes
            )
                throw new InvalidDataException(
                    $"an entry's attributes claim {size:N0} bytes, at most {LargestAttributes:N0} are read"
                );
            total += Block + size;
            if (total > most)
                throw new InvalidDataException(
                    $"it claims {total:N0} bytes or more, at most {most:N0} are read"
                );
            Skip(archive, (size + Block - 1) / Block * Block);
        }

        if (archive.CanSeek)
            archive.Position = began;
    }

    /// <summary>Bytes of an entry's contents.</summary>
    /// <exception cref="InvalidDataException">It is not a number.</exception>
    public static long Size(ReadOnlySpan<byte> header) => Number(header.Slice(SizeAt, SizeLength));

    /// <summary>A number as the headers hold it: octal digits, or in binary where the first bit is set, as GNU writes large ones.</summary>
    /// <exception cref="InvalidDataException">It is neither, or negative.</exception>
    public static long Number(ReadOnlySpan<byte> field)
    {
        var number = 0L;
        if ((field[0] & 0x80) != 0)
        {
            foreach (var value in field[1..])
                number =
                    number <= long.MaxValue >> 8
                        ? (number << 8) + value
                        : throw new InvalidDataException("an entry's length has more than 63 bits");
            return field[0] == 0x80
                ? number
                : throw new InvalidDataException("an entry's length is negative");
        }

        foreach (var digit in Encoding.ASCII.GetString(field).Trim(' ', '\0'))
            number = digit is >= '0' and <= '7'
                ? (number * 8) + (digit - '0')
                : throw new InvalidDataException("an entry's length is not an octal number");
        return number;
    }

    private static void Skip(Stream archive, long bytes)
    {
        if (archive.CanSeek)
        {
            archive.Position = Math.Min(archive.Length, archive.Position + bytes);
            return;
        }

        var buffer = new byte[1 << 16];
        while (bytes > 0 && archive.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length)) is > 0 and var read)
            bytes -= read;
    }
}

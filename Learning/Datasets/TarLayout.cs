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
    private const int TypeAt = 156;

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
            var size = Size(header.AsSpan(SizeAt, SizeLength));
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

    private static long Size(ReadOnlySpan<byte> field)
    {
        // Lengths past eight gigabytes are written in binary, which no entry of ours needs.
        var text = Encoding.ASCII.GetString(field).Trim(' ', '\0');
        var size = 0L;
        foreach (var digit in text)
            size = digit is >= '0' and <= '7'
                ? (size * 8) + (digit - '0')
                : throw new InvalidDataException("an entry's length is no octal number");
        return size;
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

using System.Globalization;
using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Lists what a tar archive holds: names, lengths and places, and nothing that people's archives differ in beside them.</summary>
/// <remarks>
/// The formats v7, ustar, GNU (long names, numbers in binary) and pax (<c>path</c> and <c>size</c>). Owners, times and modes are not
/// looked at: an owner that fits no octal field has nothing to do with an image.
/// </remarks>
internal static class TarMembers
{
    private const int Block = 512;
    private const int ChecksumAt = 148;
    private const int ChecksumLength = 8;

    /// <summary>Every entry, in order.</summary>
    /// <param name="archive">Can seek.</param>
    /// <exception cref="InvalidDataException">It is not a tar archive, or claims more than it has.</exception>
    public static IEnumerable<TarMember> Of(Stream archive)
    {
        var header = new byte[Block];
        var more = new Dictionary<string, string>();
        var files = new Dictionary<string, TarMember>(StringComparer.Ordinal);
        archive.Position = 0;
        while (archive.ReadAtLeast(header, Block, throwOnEndOfStream: false) is var read and > 0)
        {
            if (read < Block)
                throw new InvalidDataException("it ends within a header");
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
                yield break; // what follows the end mark is not part of the archive
            if (!IsHeader(header))
                throw new InvalidDataException(
                    $"there is no header of a tar archive at byte {archive.Position - Block:N0}"
                );
            var type = header[TarLayout.TypeAt];
            var size = TarLayout.Size(header);
            if (IsAttributes(type) && size > TarLayout.LargestAttributes)
                throw new InvalidDataException(
                    $"an entry's attributes claim {size:N0} bytes, at most {TarLayout.LargestAttributes:N0} are read"
                );
            if (!IsAttributes(type) && more.TryGetValue("size", out var written))
                size = long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                    ? given
                    : throw new InvalidDataException("an entry's length is not a number");
            // Links, folders and devices have no contents, whatever length they give.
            if (type is >= (byte)'1' and <= (byte)'6')
                size = 0;
            var from = archive.Position;
            if (size > archive.Length - from)
                throw new InvalidDataException(
                    $"an entry claims {size:N0} bytes where {archive.Length - from:N0} are left"
                );
            if (IsAttributes(type))
                foreach (var (key, value) in Attributes(archive, type, size))
                    more[key] = value;
            else
            {
                var name = more.GetValueOrDefault("path") ?? Name(header);
                var target = more.GetValueOrDefault("linkpath") ?? Text(header.AsSpan(157, 100));
                more.Clear();
                if (type != (byte)'5' && !name.EndsWith('/'))
                {
                    var member = new TarMember(Plain(name), type is (byte)'0' or 0 or (byte)'7', from, size);
                    // A file with two names is stored once.
                    if (type == (byte)'1' && files.TryGetValue(Plain(target), out var linked))
                        member = linked with { Name = member.Name };
                    if (member.IsFile)
                        files[member.Name] = member;
                    yield return member;
                }
            }

            archive.Position = Math.Min(archive.Length, from + ((size + Block - 1) / Block * Block));
        }
    }

    /// <summary>Contents of an entry.</summary>
    /// <exception cref="EndOfStreamException">The archive was cut since it was listed.</exception>
    public static byte[] Read(Stream archive, TarMember member)
    {
        var contents = new byte[member.Length];
        archive.Position = member.Offset;
        archive.ReadExactly(contents);
        return contents;
    }

    // Of the entry that follows; those for all entries (g) hold nothing that is read here.
    private static bool IsAttributes(byte type) => type is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K';

    private static string Plain(string name) =>
        string.Join('/', name.Split('/').Where(part => part.Length > 0 && part != "."));

    // The checksum is that of the header with blanks in the checksum's own place; old writers summed signed bytes.
    private static bool IsHeader(ReadOnlySpan<byte> header)
    {
        var (unsigned, signed) = (0, 0);
        for (var i = 0; i < Block; i++)
        {
            var value = i is >= ChecksumAt and < ChecksumAt + ChecksumLength ? (byte)' ' : header[i];
            (unsigned, signed) = (unsigned + value, signed + (sbyte)value);
        }

        var sum = TarLayout.Number(header.Slice(ChecksumAt, ChecksumLength));
        return sum == unsigned || sum == signed;
    }

    private static string Name(ReadOnlySpan<byte> header)
    {
        var name = Text(header[..100]);
        // GNU's own format has times where ustar has the folders of a long path.
        return
            header.Slice(257, 6).SequenceEqual("ustar\0"u8)
            && Text(header.Slice(345, 155)) is { Length: > 0 } prefix
            ? $"{prefix}/{name}"
            : name;
    }

    private static List<(string Key, string Value)> Attributes(Stream archive, byte type, long size)
    {
        if (type == 'g')
            return [];
        var bytes = new byte[size];
        archive.ReadExactly(bytes);
        if (type != 'x')
            return [(type == 'L' ? "path" : "linkpath", Text(bytes))];
        // Records of pax: length of the whole record, a blank, key=value and a line's end.
        var records = new List<(string Key, string Value)>();
        for (var rest = bytes.AsSpan(); !rest.IsEmpty; )
        {
            var blank = rest.IndexOf((byte)' ');
            if (
                blank <= 0
                || !int.TryParse(
                    rest[..blank],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var length
                )
                || length <= blank + 1
                || length > rest.Length
            )
                throw new InvalidDataException("an entry's attributes are not records of the pax format");
            var record = rest[(blank + 1)..length].TrimEnd((byte)'\n');
            if (record.IndexOf((byte)'=') is > 0 and var equals)
                records.Add((Text(record[..equals]), Text(record[(equals + 1)..])));
            rest = rest[length..];
        }

        return records;
    }

    // Names are told apart and shown, nothing else: what is not UTF-8 is written byte by byte.
    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        var bytes = end < 0 ? field : field[..end];
        try
        {
            return DatasetText.Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            var text = new StringBuilder();
            foreach (var value in bytes)
                if (value < 0x80)
                    text.Append((char)value);
                else
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            return text.ToString();
        }
    }
}

using System.Formats.Tar;
using System.Text;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class TarMembersTests
{
    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void EveryFormatGivesNamesAndContents(TarEntryFormat format)
    {
        using var stream = new MemoryStream();
        var folder = format == TarEntryFormat.V7 ? "d" : new string('d', 90);
        string[] names = [$"./{folder}/a.b.png", $"{folder}/名前.cls", "z"];
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            writer.WriteEntry(Entry(format, TarEntryType.Directory, folder));
            foreach (var name in names)
            {
                var entry = Entry(
                    format,
                    format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile,
                    name
                );
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes($"<{name}>"));
                writer.WriteEntry(entry);
            }
        }

        var members = TarMembers.Of(stream).ToList();

        Assert.Equal([$"{folder}/a.b.png", $"{folder}/名前.cls", "z"], members.Select(member => member.Name));
        Assert.Equal(
            names.Select(name => $"<{name}>"),
            members.Select(member => Encoding.UTF8.GetString(TarMembers.Read(stream, member)))
        );
    }

    [Theory]
    [InlineData(108, 8)] // owner
    [InlineData(116, 8)] // group
    [InlineData(136, 12)] // time
    [InlineData(329, 8)] // device
    public void NumbersThatNobodyNeedsMayBeAnything(int at, int length)
    {
        var header = Header("a.png", "0000000003 \0"u8);
        header.AsSpan(at, length).Fill(0xFF);

        Assert.Equal(3, Assert.Single(Listed(header, "abc")).Length);
    }

    [Fact]
    public void LengthMayBeWrittenInBinary()
    {
        var size = new byte[12];
        (size[0], size[11]) = (0x80, 3);

        Assert.Equal(3, Assert.Single(Listed(Header("a.png", size), "abc")).Length);
    }

    [Theory]
    [InlineData(0x80, 0x7F)] // more than there is
    [InlineData(0xFF, 0xFF)] // negative
    public void BinaryLengthThatIsNoneIsRefused(byte first, byte rest)
    {
        var size = new byte[12];
        size.AsSpan().Fill(rest);
        size[0] = first;

        Assert.Throws<InvalidDataException>(() => Listed(Header("a.png", size), "abc"));
    }

    [Fact]
    public void FileWithTwoNamesIsReadUnderBoth()
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            SomeImages.Add(writer, "a.png", "abc"u8.ToArray());
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "b.png") { LinkName = "./a.png" });
        }

        var second = TarMembers.Of(stream).Last();

        Assert.Equal("b.png", second.Name);
        Assert.Equal("abc"u8.ToArray(), TarMembers.Read(stream, second));
    }

    [Fact]
    public void HeaderThatDoesNotAddUpIsRefused()
    {
        var header = Header("a.png", "0000000003 \0"u8);
        header[0] ^= 1;

        Assert.Throws<InvalidDataException>(() => Listed(Seal(header, isDamaged: true), "abc"));
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name) =>
        format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Pax => new PaxTarEntry(type, name),
            _ => new GnuTarEntry(type, name),
        };

    private static List<TarMember> Listed(byte[] header, string contents)
    {
        var block = new byte[512];
        Encoding.ASCII.GetBytes(contents, block);
        using var stream = new MemoryStream([.. Seal(header), .. block, .. new byte[1024]]);
        return [.. TarMembers.Of(stream)];
    }

    private static byte[] Header(string name, ReadOnlySpan<byte> size)
    {
        var header = new byte[512];
        Encoding.ASCII.GetBytes(name, header);
        size.CopyTo(header.AsSpan(124));
        header[156] = (byte)'0';
        "ustar  \0"u8.CopyTo(header.AsSpan(257));
        return header;
    }

    private static byte[] Seal(byte[] header, bool isDamaged = false)
    {
        if (header[148] != 0)
            return header;
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(value => value) + (isDamaged ? 1 : 0);
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ", header.AsSpan(148));
        return header;
    }
}

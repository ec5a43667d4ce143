using System.Text;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Forges tar headers: whoever damages an archive on purpose writes its checksums anew.</summary>
internal static class SomeTar
{
    private const int Block = 512;
    private const int ChecksumAt = 148;
    private const int MagicAt = 257;

    /// <summary>The same archive with the right checksum in whatever still looks like a header.</summary>
    public static byte[] Sealed(byte[] archive)
    {
        var copy = archive.ToArray();
        for (var at = 0; at + Block <= copy.Length; at += Block)
            if (copy.AsSpan(at + MagicAt, 5).SequenceEqual("ustar"u8))
                Seal(copy.AsSpan(at, Block));
        return copy;
    }

    /// <summary>One header and nothing after it.</summary>
    public static byte[] Claiming(char type, long size)
    {
        var header = new byte[Block];
        "entry"u8.CopyTo(header);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        "0000000\0"u8.CopyTo(header.AsSpan(108));
        "0000000\0"u8.CopyTo(header.AsSpan(116));
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header.AsSpan(124));
        "00000000000\0"u8.CopyTo(header.AsSpan(136));
        header[156] = (byte)type;
        "ustar\0"u8.CopyTo(header.AsSpan(MagicAt));
        "00"u8.CopyTo(header.AsSpan(263));
        Seal(header);
        return header;
    }

    /// <summary>A header whose owner is a number that fits no owner.</summary>
    public static byte[] OfAnImpossibleOwner()
    {
        var header = Claiming('0', 0);
        header[108] = 0xff; // in binary from here on
        Seal(header);
        return header;
    }

    private static void Seal(Span<byte> header)
    {
        header.Slice(ChecksumAt, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in header)
            sum += value;
        Encoding
            .ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ")
            .CopyTo(header[ChecksumAt..]);
    }
}

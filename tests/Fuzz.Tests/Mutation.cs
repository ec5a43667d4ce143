using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Makes foreign bytes of sound ones: what a disk, a network or somebody with a grudge might do to them.</summary>
internal sealed class Mutation(Random random, IReadOnlyList<byte[]> corpus)
{
    private const int LargestInsertion = 64;

    // Lengths and counts at the edges of what their types hold.
    private static readonly long[] Edges =
    [
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0xffff,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
        1L << 33,
    ];

    private static readonly string[] Words =
    [
        "null",
        "-1",
        "0",
        "99999999999999999999",
        "2147483648",
        "9223372036854775807",
        "1e999",
        "NaN",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"\\ud800\"",
        "../../etc/passwd",
        "\0",
        "&a *a",
        "[[[[[[[[[[[[[[[[",
        "{\"a\":",
        "\n- ",
        ": ",
    ];

    /// <summary>One of the sound inputs after one to four changes.</summary>
    public byte[] Next()
    {
        var bytes = Any().ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
            Change(bytes);
        return [.. bytes];
    }

    private byte[] Any() => corpus[random.Next(corpus.Count)];

    private void Change(List<byte> bytes)
    {
        var at = bytes.Count == 0 ? 0 : random.Next(bytes.Count);
        // Lengths, magic words and headers stand at the beginning or, in archives, at the end.
        if (random.Next(3) == 0)
            at = Math.Min(at, random.Next(1, 129));
        else if (random.Next(4) == 0)
            at = Math.Max(at, bytes.Count - random.Next(1, 129));
        at = Math.Clamp(at, 0, Math.Max(0, bytes.Count - 1));
        switch (random.Next(9))
        {
            case 0 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when bytes.Count > 0:
                bytes[at] = (byte)Edges[random.Next(Edges.Length)];
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.RemoveRange(at, random.Next(Math.Min(LargestInsertion, bytes.Count - at) + 1));
                break;
            case 4:
                bytes.InsertRange(at, Piece(bytes, LargestInsertion));
                break;
            case 5:
                // The beginning of one and the end of another.
                var other = Any();
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)).ToArray());
                break;
            case 6:
                Overwrite(bytes, at, Number());
                break;
            case 7:
                Digits(bytes, at);
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                break;
        }
    }

    private byte[] Piece(List<byte> bytes, int most)
    {
        if (bytes.Count == 0)
            return [];
        var from = random.Next(bytes.Count);
        return [.. bytes.Skip(from).Take(random.Next(1, most))];
    }

    private byte[] Number()
    {
        var number = Edges[random.Next(Edges.Length)] + random.Next(-1, 2);
        var size = 1 << random.Next(4);
        var bytes = new byte[sizeof(long)];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            return bytes[..size];
        }

        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes[^size..];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++)
            bytes[at + i] = with[i];
    }

    /// <summary>Puts another number in the place of the next one that is written in digits.</summary>
    private void Digits(List<byte> bytes, int at)
    {
        var first = bytes.FindIndex(at, b => char.IsAsciiDigit((char)b));
        if (first < 0)
            return;
        var end = bytes.FindIndex(first, b => !char.IsAsciiDigit((char)b));
        bytes.RemoveRange(first, (end < 0 ? bytes.Count : end) - first);
        bytes.InsertRange(
            first,
            Encoding.ASCII.GetBytes(
                random.Next(3) == 0
                    ? Edges[random.Next(Edges.Length)].ToString(CultureInfo.InvariantCulture)
                    : Words[random.Next(6)]
            )
        );
    }
}

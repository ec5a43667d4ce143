using System.IO.Hashing;
using System.Text;

namespace MMOrleans.Api.Events;

/// <summary>Reads a file that grows by lines, and that a resume may cut.</summary>
internal sealed class LineFile(string path)
{
    // Holds several lines of a timeline, each with a time to a ten-millionth of a second.
    private const int Witness = 1024;
    private const int LongestRead = 4 << 20;

    /// <summary>The whole lines after a cursor, at most four megabytes of them.</summary>
    /// <param name="cursor">Where to go on. What it was read from may be gone: then the answer begins again.</param>
    /// <returns>The lines, each with the cursor after it, and whether they begin again.</returns>
    public LineReading ReadAfter(LineCursor cursor)
    {
        try
        {
            using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var isCut = cursor.Offset > file.Length || HashBefore(file, cursor.Offset) != cursor.Hash;
            return new(Lines(file, isCut ? 0 : cursor.Offset), isCut);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return new([], cursor != LineCursor.Start);
        }
    }

    /// <summary>Every whole line of the file.</summary>
    public IEnumerable<(LineCursor After, string Text)> ReadAll()
    {
        var cursor = LineCursor.Start;
        while (ReadAfter(cursor) is { IsCut: false, Lines: [.., var last] lines })
        {
            foreach (var line in lines)
                yield return line;
            cursor = last.After;
        }
    }

    private static List<(LineCursor After, string Text)> Lines(FileStream file, long from)
    {
        var lead = (int)Math.Min(from, Witness);
        var bytes = new byte[lead + (int)Math.Min(file.Length - from, LongestRead)];
        file.Seek(from - lead, SeekOrigin.Begin);
        var all = bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var lines = new List<(LineCursor, string)>();
        var at = lead;
        while (at < all.Length && all[at..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            var text = Encoding.UTF8.GetString(all.Slice(at, length));
            at += length + 1;
            var witness = Math.Min(at, Witness);
            lines.Add((new(from - lead + at, Hash(all[(at - witness)..at])), text));
        }

        return lines;
    }

    private static ulong HashBefore(FileStream file, long offset)
    {
        if (offset <= 0)
            return 0;
        var bytes = new byte[Math.Min(offset, Witness)];
        file.Seek(offset - bytes.Length, SeekOrigin.Begin);
        return Hash(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);
}

/// <summary>Lines of a file.</summary>
/// <param name="Lines">The lines, each with the cursor after it.</param>
/// <param name="IsCut">What was read before is no longer there: these begin again.</param>
internal sealed record LineReading(IReadOnlyList<(LineCursor After, string Text)> Lines, bool IsCut);

using System.Buffers.Binary;

namespace MMOrleans.Learning.Training;

/// <summary>Linux' format of native libraries, as far as it tells how long a file should be.</summary>
internal static class ElfFile
{
    private const int HeaderBytes = 64;

    /// <summary>The first library of a folder that is shorter than its header says; null when there is none.</summary>
    /// <remarks>The loader maps such a file without a word, and the process dies of SIGBUS when it touches the missing part.</remarks>
    public static (string Path, long Length, long Wanted)? FirstCutShort(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.so*").Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            var header = new byte[HeaderBytes];
            if (
                file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes
                && Wanted(header) is { } wanted
                && file.Length < wanted
            )
                return (path, file.Length, wanted);
        }

        return null;
    }

    // 64-bit little-endian only, which is every machine that libtorch is built for: the table of sections ends the file.
    private static long? Wanted(ReadOnlySpan<byte> header) =>
        header[..6].SequenceEqual("\u007fELF\u0002\u0001"u8)
            ? BinaryPrimitives.ReadInt64LittleEndian(header[40..])
                + (long)BinaryPrimitives.ReadUInt16LittleEndian(header[58..])
                    * BinaryPrimitives.ReadUInt16LittleEndian(header[60..])
            : null;
}

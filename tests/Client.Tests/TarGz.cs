using System.Formats.Tar;
using System.IO.Compression;

namespace MMOrleans.Client.Tests;

/// <summary>Packs archives.</summary>
internal static class TarGz
{
    public static void Write(string path, params (string Name, byte[] Bytes)[] entries)
    {
        using var file = File.Create(path);
        using var zip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(zip);
        foreach (var (name, bytes) in entries)
            tar.WriteEntry(
                new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) }
            );
    }
}

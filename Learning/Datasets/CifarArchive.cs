using System.Formats.Tar;
using System.IO.Compression;

namespace MMOrleans.Learning.Datasets;

/// <summary>Reads a CIFAR data set's files, and no others, out of a <c>.tar.gz</c> that nobody vouches for.</summary>
internal static class CifarArchive
{
    // Five times what is published: some kilobytes of zeros unpack to any length.
    private const long LargestArchive = 1L << 30;

    /// <returns>The files by name, and whether they are the Python version's.</returns>
    /// <exception cref="FaultException">MM2004 malformed, MM2007 an entry that leaves its folder.</exception>
    public static (Dictionary<string, byte[]> Files, bool IsPython) Read(
        CifarLayout layout,
        string path,
        CancellationToken cancellationToken
    )
    {
        var binary = layout.BinaryFiles.ToHashSet();
        var python = layout.PythonFiles.ToHashSet();
        var files = new Dictionary<string, byte[]>();
        try
        {
            using (var looked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
                TarLayout.Check(looked, LargestArchive);
            using var zipped = File.OpenRead(path);
            using var plain = new GZipStream(zipped, CompressionMode.Decompress);
            using var tar = new TarReader(plain);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Path.IsPathRooted(entry.Name) || entry.Name.Split('/', '\\').Contains(".."))
                    throw new FaultException(
                        "MM2007",
                        $"refused '{entry.Name}' in {path}: an archive entry must not leave its folder",
                        "do not use that archive; fetch it anew from where it was published"
                    );
                var name = Path.GetFileName(entry.Name);
                if (!binary.Contains(name) && !python.Contains(name) || entry.DataStream is null)
                    continue;
                if (entry.Length > layout.Largest(isPython: python.Contains(name)))
                    throw CifarFaults.Malformed(layout, name, entry.Length, null);
                var bytes = new byte[entry.Length];
                entry.DataStream.ReadExactly(bytes);
                files[name] = bytes;
            }
        }
        catch (Exception exception)
            when (exception
                    is InvalidDataException
                        or EndOfStreamException
                        or FormatException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new FaultException(
                "MM2004",
                $"{Path.GetFileName(path)} is not a whole .tar.gz archive: {exception.Message}",
                $"fetch it anew: mm data fetch {layout.Key} --repair",
                exception
            );
        }

        var isPython = !files.Keys.Any(binary.Contains) && files.Count > 0;
        foreach (var other in files.Keys.Where(name => !(isPython ? python : binary).Contains(name)).ToList())
            files.Remove(other);
        return (files, isPython);
    }
}

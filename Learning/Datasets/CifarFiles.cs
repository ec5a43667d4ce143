using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Reads CIFAR-10 and CIFAR-100 in the published binary layout, from a folder or a <c>.tar.gz</c>.</summary>
public static class CifarFiles
{
    /// <summary>Opens both splits; a file that is not what the layout says is refused by name.</summary>
    /// <param name="layout">Which set.</param>
    /// <param name="path">Folder with the files, or the archive.</param>
    /// <exception cref="LearningFault">MM2001 missing, MM2004 malformed, MM2007 an archive that leaves its folder.</exception>
    public static Dataset Open(CifarLayout layout, string? path)
    {
        var key = layout == CifarLayout.Cifar10 ? "cifar10" : "cifar100";
        if (path is null || (!Directory.Exists(path) && !File.Exists(path)))
            throw Missing(layout, key, path ?? "the data cache", "there is nothing there");
        var files = File.Exists(path) ? ReadArchive(layout, path) : ReadFolder(layout, path);
        foreach (var name in (string[])[.. layout.TrainFiles, layout.TestFile])
            if (!files.ContainsKey(name))
                throw Missing(layout, key, path, $"{name} is not there");

        var names = files.TryGetValue(layout.NamesFile, out var listed)
            ? Encoding
                .UTF8.GetString(listed)
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
        if (names.Length != layout.Classes)
            names = [.. Enumerable.Range(0, layout.Classes).Select(c => $"class {c}")];

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(key));
        foreach (var name in (string[])[.. layout.TrainFiles, layout.TestFile])
            hash.AppendData(SHA256.HashData(files[name]));
        return new(
            Decode(layout, key, layout.TrainFiles, layout.RecordsPerTrainFile, files, names),
            Decode(layout, key, [layout.TestFile], layout.RecordsOfTest, files, names),
            Convert.ToHexStringLower(hash.GetHashAndReset())
        );
    }

    private static Dictionary<string, byte[]> ReadFolder(CifarLayout layout, string folder)
    {
        // The archive unpacks into a folder of its own; pointing at its parent is as good as pointing at it.
        if (!File.Exists(Path.Combine(folder, layout.TestFile)))
            folder =
                Directory
                    .EnumerateDirectories(folder)
                    .Order(StringComparer.Ordinal)
                    .FirstOrDefault(d => File.Exists(Path.Combine(d, layout.TestFile)))
                ?? folder;
        return Wanted(layout)
            .Where(name => File.Exists(Path.Combine(folder, name)))
            .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));
    }

    private static Dictionary<string, byte[]> ReadArchive(CifarLayout layout, string path)
    {
        var wanted = Wanted(layout).ToHashSet();
        var files = new Dictionary<string, byte[]>();
        var largest = (long)Math.Max(layout.RecordsPerTrainFile, layout.RecordsOfTest) * layout.RecordBytes;
        try
        {
            using var zipped = File.OpenRead(path);
            using var plain = new GZipStream(zipped, CompressionMode.Decompress);
            using var tar = new TarReader(plain);
            while (tar.GetNextEntry() is { } entry)
            {
                if (Path.IsPathRooted(entry.Name) || entry.Name.Split('/', '\\').Contains(".."))
                    throw new LearningFault(
                        "MM2007",
                        $"refused '{entry.Name}' in {path}: an archive entry must not leave its folder",
                        "do not use that archive; fetch it anew from where it was published"
                    );
                var name = Path.GetFileName(entry.Name);
                if (!wanted.Contains(name) || entry.DataStream is null)
                    continue;
                if (entry.Length > largest)
                    throw Malformed(layout, name, entry.Length, null);
                var bytes = new byte[entry.Length];
                entry.DataStream.ReadExactly(bytes);
                files[name] = bytes;
            }
        }
        catch (Exception exception)
            when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new LearningFault(
                "MM2004",
                $"{Path.GetFileName(path)} is not a whole .tar.gz archive: {exception.Message}",
                $"fetch it anew: mm data fetch {layout.Name.Replace("-", "").ToLowerInvariant()} --repair",
                exception
            );
        }

        return files;
    }

    private static ImageSet Decode(
        CifarLayout layout,
        string key,
        IReadOnlyList<string> names,
        int records,
        Dictionary<string, byte[]> files,
        IReadOnlyList<string> classNames
    )
    {
        var labels = new byte[names.Count * records];
        var pixels = new byte[labels.Length * CifarLayout.ImageBytes];
        for (var f = 0; f < names.Count; f++)
        {
            var bytes = files[names[f]];
            if (bytes.Length != records * layout.RecordBytes)
                throw Malformed(layout, names[f], bytes.Length, records * layout.RecordBytes);
            for (var r = 0; r < records; r++)
            {
                var record = bytes.AsSpan(r * layout.RecordBytes, layout.RecordBytes);
                var image = (f * records) + r;
                labels[image] = record[layout.LabelBytes - 1];
                if (labels[image] >= layout.Classes)
                    throw new LearningFault(
                        "MM2004",
                        $"{names[f]} record {r} has class {labels[image]}; {layout.Name} has classes 0 to {layout.Classes - 1}, so this is not such a file",
                        $"mm data fetch {key} --repair"
                    );
                record[layout.LabelBytes..].CopyTo(pixels.AsSpan(image * CifarLayout.ImageBytes));
            }
        }

        return new(CifarLayout.Side, CifarLayout.Side, classNames, labels, pixels);
    }

    private static IEnumerable<string> Wanted(CifarLayout layout) =>
        [.. layout.TrainFiles, layout.TestFile, layout.NamesFile];

    private static LearningFault Malformed(CifarLayout layout, string name, long bytes, long? wanted)
    {
        var found = new[] { CifarLayout.Cifar10, CifarLayout.Cifar100 }
            .Where(l =>
                bytes == (long)l.RecordsPerTrainFile * l.RecordBytes
                || bytes == (long)l.RecordsOfTest * l.RecordBytes
            )
            .Select(l => $" (that is the size of a {l.Name} file)")
            .FirstOrDefault("");
        return new(
            "MM2004",
            $"{name} is {bytes:N0} bytes{found}, wanted {wanted ?? (long)layout.RecordsPerTrainFile * layout.RecordBytes:N0} of {layout.Name}",
            $"mm data fetch {layout.Name.Replace("-", "").ToLowerInvariant()} --repair, or point --data-dir at the right folder"
        );
    }

    private static LearningFault Missing(CifarLayout layout, string key, string path, string what) =>
        new(
            "MM2001",
            $"{layout.Name} is not in {path}: {what}",
            $"mm data fetch {key}, or --data-dir with the folder that holds {layout.TestFile}"
        );
}

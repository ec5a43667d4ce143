using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Reads CIFAR-10 and CIFAR-100 in the published binary layout, from a folder or a <c>.tar.gz</c>.</summary>
public static class CifarFiles
{
    /// <summary>A layout's line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition(CifarLayout layout) =>
        new(Key(layout), layout.Name, source => Open(layout, source.Path, source.CancellationToken))
        {
            ListFiles = source => Files(layout, source.Path),
            Shape = new(
                CifarLayout.Side,
                layout.Classes,
                layout.RecordsPerTrainFile * layout.TrainFiles.Count / layout.Classes,
                layout.RecordsOfTest,
                Mean,
                StandardDeviation
            ),
        };

    /// <summary>Opens both splits; a file that is not what the layout says is refused by name.</summary>
    /// <param name="layout">Which set.</param>
    /// <param name="path">Folder with the files, or the archive.</param>
    /// <param name="cancellationToken">Ends the reading between two files or blocks of records.</param>
    /// <exception cref="LearningFault">
    /// MM2001 missing, MM2002 not the contents that were downloaded, MM2004 malformed, MM2007 an archive that leaves its folder.
    /// </exception>
    public static Dataset Open(
        CifarLayout layout,
        string? path,
        CancellationToken cancellationToken = default
    )
    {
        var key = Key(layout);
        if (path is null || (!Directory.Exists(path) && !File.Exists(path)))
            throw Missing(layout, key, path ?? "the data cache", "there is nothing there");
        var folder = File.Exists(path) ? null : Folder(layout, path);
        var files = folder is null
            ? ReadArchive(layout, path, cancellationToken)
            : ReadFolder(layout, folder, cancellationToken);
        var sums = folder is null ? new Dictionary<string, string>() : Sha256Sums.Read(folder);
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
        {
            cancellationToken.ThrowIfCancellationRequested();
            var digest = SHA256.HashData(files[name]);
            var fault =
                WrongSize(layout, name, files[name])
                ?? Differs(layout, key, name, files[name].Length, Convert.ToHexStringLower(digest), sums);
            if (fault is not null)
                throw fault;
            hash.AppendData(digest);
        }

        return new(
            Decode(layout, layout.TrainFiles, layout.RecordsPerTrainFile, files, names, cancellationToken),
            Decode(layout, [layout.TestFile], layout.RecordsOfTest, files, names, cancellationToken),
            Convert.ToHexStringLower(hash.GetHashAndReset())
        );
    }

    /// <summary>Looks at every file of a folder and says of each what is wrong with it.</summary>
    /// <param name="layout">Which set.</param>
    /// <param name="path">Folder with the files.</param>
    public static IReadOnlyList<DataFileCheck> Check(CifarLayout layout, string path)
    {
        var key = Key(layout);
        var folder = Folder(layout, path);
        var sums = Sha256Sums.Read(folder);
        return
        [
            .. layout
                .TrainFiles.Append(layout.TestFile)
                .Select(name =>
                {
                    var file = new FileInfo(Path.Combine(folder, name));
                    if (!file.Exists)
                        return new(
                            name,
                            null,
                            null,
                            false,
                            Missing(layout, key, path, $"{name} is not there")
                        );
                    if (file.Length > Largest(layout))
                        return new(
                            name,
                            file.Length,
                            null,
                            false,
                            Malformed(layout, name, file.Length, null)
                        );
                    var bytes = File.ReadAllBytes(file.FullName);
                    var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
                    return new DataFileCheck(
                        name,
                        bytes.Length,
                        digest,
                        sums.ContainsKey(name),
                        WrongSize(layout, name, bytes)
                            ?? Differs(layout, key, name, bytes.Length, digest, sums)
                            ?? WrongLabel(layout, name, bytes)
                    );
                }),
        ];
    }

    /// <summary>The files that a data set consists of, names of classes included.</summary>
    public static IEnumerable<string> Names(CifarLayout layout) =>
        [.. layout.TrainFiles, layout.TestFile, layout.NamesFile];

    /// <summary>Unpacks an archive's files, and no others, into a folder.</summary>
    /// <exception cref="LearningFault">MM2004 malformed or incomplete, MM2007 an entry that leaves its folder.</exception>
    public static void Unpack(CifarLayout layout, string archive, string folder)
    {
        var files = ReadArchive(layout, archive, default);
        foreach (var name in layout.TrainFiles.Append(layout.TestFile))
            if (!files.ContainsKey(name))
                throw new LearningFault(
                    "MM2004",
                    $"{Path.GetFileName(archive)} does not hold {name} of {layout.Name}, so it is another archive",
                    $"fetch it anew: mm data fetch {Key(layout)} --repair"
                );
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        Sha256Sums.Write(folder, files.Keys.Order(StringComparer.Ordinal));
    }

    // Of CIFAR-10's training images, as published code uses them for both sets.
    private static readonly double[] Mean = [0.4914, 0.4822, 0.4465];
    private static readonly double[] StandardDeviation = [0.2023, 0.1994, 0.2010];

    // Five times what is published: some kilobytes of zeros unpack to any length.
    private const long LargestArchive = 1L << 30;

    private static string Key(CifarLayout layout) => layout.Name.Replace("-", "").ToLowerInvariant();

    // The archive unpacks into a folder of its own; pointing at its parent is as good as pointing at it.
    private static string Folder(CifarLayout layout, string path) =>
        File.Exists(Path.Combine(path, layout.TestFile)) ? path
        : !Directory.Exists(path) ? path
        : Directory
            .EnumerateDirectories(path)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault(d => File.Exists(Path.Combine(d, layout.TestFile)))
            ?? path;

    private static Dictionary<string, byte[]> ReadFolder(
        CifarLayout layout,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var files = new Dictionary<string, byte[]>();
        foreach (var name in Names(layout).Where(name => File.Exists(Path.Combine(folder, name))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.Add(name, Contents(layout, Path.Combine(folder, name)));
        }

        return files;
    }

    private static IReadOnlyList<string> Files(CifarLayout layout, string? path) =>
        path is null || !(Directory.Exists(path) || File.Exists(path))
            ? throw Missing(layout, Key(layout), path ?? "the data cache", "there is nothing there")
        : File.Exists(path) ? [Path.GetFullPath(path)]
        :
        [
            .. Names(layout)
                .Append(Sha256Sums.FileName)
                .Select(name => Path.GetFullPath(Path.Combine(Folder(layout, path), name)))
                .Where(File.Exists),
        ];

    private static byte[] Contents(CifarLayout layout, string path) =>
        new FileInfo(path).Length is var length && length > Largest(layout)
            ? throw Malformed(layout, Path.GetFileName(path), length, null)
            : File.ReadAllBytes(path);

    private static long Largest(CifarLayout layout) =>
        (long)Math.Max(layout.RecordsPerTrainFile, layout.RecordsOfTest) * layout.RecordBytes;

    private static LearningFault? Differs(
        CifarLayout layout,
        string key,
        string name,
        long bytes,
        string digest,
        IReadOnlyDictionary<string, string> sums
    ) =>
        !sums.TryGetValue(name, out var expected) || expected == digest
            ? null
            : new(
                "MM2002",
                $"{name}: SHA-256 expected {expected}, got {digest}, size {bytes:N0} of {Size(layout, name):N0} bytes: these are not the images that were downloaded",
                $"mm data fetch {key} --repair"
            );

    private static long Size(CifarLayout layout, string name) =>
        (long)(name == layout.TestFile ? layout.RecordsOfTest : layout.RecordsPerTrainFile)
        * layout.RecordBytes;

    private static LearningFault? WrongSize(CifarLayout layout, string name, byte[] bytes) =>
        bytes.Length == Size(layout, name) ? null : Malformed(layout, name, bytes.Length, Size(layout, name));

    private static LearningFault? WrongLabel(CifarLayout layout, string name, byte[] bytes)
    {
        for (var r = 0; r < bytes.Length / layout.RecordBytes; r++)
            if (
                bytes[(r * layout.RecordBytes) + layout.LabelBytes - 1] is var label
                && label >= layout.Classes
            )
                return new(
                    "MM2004",
                    $"{name} record {r} has class {label}; {layout.Name} has classes 0 to {layout.Classes - 1}, so this is not such a file",
                    $"mm data fetch {Key(layout)} --repair"
                );
        return null;
    }

    private static Dictionary<string, byte[]> ReadArchive(
        CifarLayout layout,
        string path,
        CancellationToken cancellationToken
    )
    {
        var wanted = Names(layout).ToHashSet();
        var files = new Dictionary<string, byte[]>();
        var largest = Largest(layout);
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
            when (exception
                    is InvalidDataException
                        or EndOfStreamException
                        or FormatException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new LearningFault(
                "MM2004",
                $"{Path.GetFileName(path)} is not a whole .tar.gz archive: {exception.Message}",
                $"fetch it anew: mm data fetch {Key(layout)} --repair",
                exception
            );
        }

        return files;
    }

    private static ImageSet Decode(
        CifarLayout layout,
        IReadOnlyList<string> names,
        int records,
        Dictionary<string, byte[]> files,
        IReadOnlyList<string> classNames,
        CancellationToken cancellationToken
    )
    {
        var labels = new byte[names.Count * records];
        var pixels = new byte[labels.Length * CifarLayout.ImageBytes];
        for (var f = 0; f < names.Count; f++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = files[names[f]];
            if (WrongLabel(layout, names[f], bytes) is { } fault)
                throw fault;
            for (var r = 0; r < records; r++)
            {
                var record = bytes.AsSpan(r * layout.RecordBytes, layout.RecordBytes);
                var image = (f * records) + r;
                labels[image] = record[layout.LabelBytes - 1];
                record[layout.LabelBytes..].CopyTo(pixels.AsSpan(image * CifarLayout.ImageBytes));
            }
        }

        return new(CifarLayout.Side, CifarLayout.Side, classNames, labels, pixels);
    }

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
            $"mm data fetch {Key(layout)} --repair, or point --data-dir at the right folder"
        );
    }

    private static LearningFault Missing(CifarLayout layout, string key, string path, string what) =>
        new(
            "MM2001",
            $"{layout.Name} is not in {path}: {what}",
            $"mm data fetch {key}, or --data-dir with the folder that holds {layout.TestFile}"
        );
}

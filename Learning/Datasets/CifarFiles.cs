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
        new(layout.Key, layout.Name, source => Open(layout, source.Path, source.CancellationToken))
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
    /// <param name="path">Folder with the files of the binary or the Python version, a folder with such a folder in it, or the archive.</param>
    /// <param name="cancellationToken">Ends the reading between two files or blocks of records.</param>
    /// <exception cref="FaultException">
    /// MM2001 missing, MM2002 not the contents that were downloaded, MM2004 malformed, MM2007 an archive that leaves its folder.
    /// </exception>
    public static Dataset Open(
        CifarLayout layout,
        string? path,
        CancellationToken cancellationToken = default
    )
    {
        if (path is null || (!Directory.Exists(path) && !File.Exists(path)))
            throw Missing(layout, path ?? "the data cache", "there is nothing there");
        var place = Find(layout, path) ?? path;
        var isArchive = File.Exists(place);
        var (files, isPython) = isArchive
            ? ReadArchive(layout, place, cancellationToken)
            : ReadFolder(layout, place, cancellationToken);
        var sums = isArchive ? new Dictionary<string, string>() : Sha256Sums.Read(place);
        string NameOf(string name) => isPython ? CifarPickles.NameOf(name) : name;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(layout.Key));
        foreach (var name in DataFiles(layout))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!files.TryGetValue(NameOf(name), out var bytes))
                throw Missing(layout, path, $"{NameOf(name)} is not there");
            var digest = SHA256.HashData(bytes);
            if (!isPython && WrongSize(layout, name, bytes) is { } size)
                throw size;
            if (
                Differs(layout, NameOf(name), bytes.Length, Convert.ToHexStringLower(digest), sums) is
                { } fault
            )
                throw fault;
            if (isPython)
            {
                // From here on they are the binary version's bytes, and so the hash is the same.
                bytes = CifarPickles.Records(layout, NameOf(name), bytes, RecordsOf(layout, name));
                if (WrongLabel(layout, NameOf(name), bytes) is { } label)
                    throw label;
                digest = SHA256.HashData(bytes);
                files.Remove(NameOf(name));
                files[name] = bytes;
            }

            hash.AppendData(digest);
        }

        var names = ClassNames(layout, files, isPython);
        return new(
            Decode(layout, layout.TrainFiles, layout.RecordsPerTrainFile, files, names, cancellationToken),
            Decode(layout, [layout.TestFile], layout.RecordsOfTest, files, names, cancellationToken),
            Convert.ToHexStringLower(hash.GetHashAndReset())
        );
    }

    /// <summary>Where the files are that a person means by a path: there, in a folder in it, or in an archive.</summary>
    /// <returns>A folder of either version, or an archive; null where neither is.</returns>
    public static string? Find(CifarLayout layout, string path)
    {
        if (File.Exists(path))
            return path;
        if (!Directory.Exists(path))
            return null;
        // The archive unpacks into a folder of its own; pointing at its parent is as good as pointing at it.
        string[] folders = [path, .. Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)];
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, layout.TestFile)))
            ?? folders.FirstOrDefault(folder => CifarPickles.IsAt(layout, folder))
            ?? ((string[])["binary", "python"])
                .Select(version => Path.Combine(path, $"{layout.Name.ToLowerInvariant()}-{version}.tar.gz"))
                .FirstOrDefault(File.Exists);
    }

    /// <summary>Looks at every file of a folder and says of each what is wrong with it.</summary>
    /// <param name="layout">Which set.</param>
    /// <param name="path">Folder with the files.</param>
    public static IReadOnlyList<DataFileCheck> Check(CifarLayout layout, string path)
    {
        var folder = Find(layout, path) is { } found && Directory.Exists(found) ? found : path;
        var isPython = IsPython(layout, folder);
        var sums = Sha256Sums.Read(folder);
        return
        [
            .. DataFiles(layout)
                .Select(binary =>
                {
                    var name = isPython ? CifarPickles.NameOf(binary) : binary;
                    var file = new FileInfo(Path.Combine(folder, name));
                    if (!file.Exists)
                        return new(name, null, null, false, Missing(layout, path, $"{name} is not there"));
                    if (file.Length > Largest(layout, isPython))
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
                        (isPython ? null : WrongSize(layout, binary, bytes))
                            ?? Differs(layout, name, bytes.Length, digest, sums)
                            ?? (
                                isPython
                                    ? WrongPickle(layout, binary, bytes)
                                    : WrongLabel(layout, name, bytes)
                            )
                    );
                }),
        ];
    }

    /// <summary>The files that a data set consists of, names of classes included.</summary>
    public static IEnumerable<string> Names(CifarLayout layout) => [.. DataFiles(layout), layout.NamesFile];

    /// <summary>Unpacks an archive's files, and no others, into a folder.</summary>
    /// <exception cref="FaultException">MM2004 malformed or incomplete, MM2007 an entry that leaves its folder.</exception>
    public static void Unpack(CifarLayout layout, string archive, string folder)
    {
        var (files, isPython) = ReadArchive(layout, archive, default);
        foreach (var name in DataFiles(layout).Select(name => isPython ? CifarPickles.NameOf(name) : name))
            if (!files.ContainsKey(name))
                throw new FaultException(
                    "MM2004",
                    $"{Path.GetFileName(archive)} does not hold {name} of {layout.Name}, so it is another archive",
                    $"fetch it anew: mm data fetch {layout.Key} --repair"
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

    private static IEnumerable<string> DataFiles(CifarLayout layout) =>
        [.. layout.TrainFiles, layout.TestFile];

    private static IEnumerable<string> PythonNames(CifarLayout layout) =>
        [.. DataFiles(layout).Select(CifarPickles.NameOf), layout.PythonNamesFile];

    private static bool IsPython(CifarLayout layout, string folder) =>
        !File.Exists(Path.Combine(folder, layout.TestFile)) && CifarPickles.IsAt(layout, folder);

    private static (Dictionary<string, byte[]> Files, bool IsPython) ReadFolder(
        CifarLayout layout,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var isPython = IsPython(layout, folder);
        var files = new Dictionary<string, byte[]>();
        foreach (var path in FilesOf(layout, folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.Add(Path.GetFileName(path), Contents(layout, path, isPython));
        }

        return (files, isPython);
    }

    private static IEnumerable<string> FilesOf(CifarLayout layout, string folder) =>
        (IsPython(layout, folder) ? PythonNames(layout) : Names(layout))
            .Select(name => Path.GetFullPath(Path.Combine(folder, name)))
            .Where(File.Exists);

    private static IReadOnlyList<string> Files(CifarLayout layout, string? path)
    {
        if (path is null || !Path.Exists(path))
            throw Missing(layout, path ?? "the data cache", "there is nothing there");
        var place = Find(layout, path) ?? path;
        return File.Exists(place)
            ? [Path.GetFullPath(place)]
            :
            [
                .. FilesOf(layout, place),
                .. new[] { Path.GetFullPath(Path.Combine(place, Sha256Sums.FileName)) }.Where(File.Exists),
            ];
    }

    private static byte[] Contents(CifarLayout layout, string path, bool isPython) =>
        new FileInfo(path).Length is var length && length > Largest(layout, isPython)
            ? throw Malformed(layout, Path.GetFileName(path), length, null)
            : File.ReadAllBytes(path);

    private static long Largest(CifarLayout layout, bool isPython) =>
        isPython
            ? CifarPickles.Largest(layout)
            : (long)Math.Max(layout.RecordsPerTrainFile, layout.RecordsOfTest) * layout.RecordBytes;

    private static IReadOnlyList<string> ClassNames(
        CifarLayout layout,
        Dictionary<string, byte[]> files,
        bool isPython
    )
    {
        IReadOnlyList<string> names = files.TryGetValue(
            isPython ? layout.PythonNamesFile : layout.NamesFile,
            out var listed
        )
            ? isPython
                ? CifarPickles.ClassNames(layout, layout.PythonNamesFile, listed)
                : Encoding
                    .UTF8.GetString(listed)
                    .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
        return names.Count == layout.Classes
            ? names
            : [.. Enumerable.Range(0, layout.Classes).Select(c => $"class {c}")];
    }

    private static FaultException? WrongPickle(CifarLayout layout, string binary, byte[] bytes)
    {
        try
        {
            var name = CifarPickles.NameOf(binary);
            return WrongLabel(
                layout,
                name,
                CifarPickles.Records(layout, name, bytes, RecordsOf(layout, binary))
            );
        }
        catch (FaultException fault)
        {
            return fault;
        }
    }

    private static FaultException? Differs(
        CifarLayout layout,
        string name,
        long bytes,
        string digest,
        IReadOnlyDictionary<string, string> sums
    ) =>
        !sums.TryGetValue(name, out var expected) || expected == digest
            ? null
            : new(
                "MM2002",
                $"{name}: SHA-256 expected {expected}, got {digest}, size {bytes:N0}{(DataFiles(layout).Contains(name) ? $" of {Size(layout, name):N0}" : "")} bytes: these are not the images that were downloaded",
                $"mm data fetch {layout.Key} --repair"
            );

    private static int RecordsOf(CifarLayout layout, string name) =>
        name == layout.TestFile ? layout.RecordsOfTest : layout.RecordsPerTrainFile;

    private static long Size(CifarLayout layout, string name) =>
        (long)RecordsOf(layout, name) * layout.RecordBytes;

    private static FaultException? WrongSize(CifarLayout layout, string name, byte[] bytes) =>
        bytes.Length == Size(layout, name) ? null : Malformed(layout, name, bytes.Length, Size(layout, name));

    private static FaultException? WrongLabel(CifarLayout layout, string name, byte[] bytes)
    {
        for (var r = 0; r < bytes.Length / layout.RecordBytes; r++)
            if (
                bytes[(r * layout.RecordBytes) + layout.LabelBytes - 1] is var label
                && label >= layout.Classes
            )
                return new(
                    "MM2004",
                    $"{name} record {r} has class {label}; {layout.Name} has classes 0 to {layout.Classes - 1}, so this is not such a file",
                    $"mm data fetch {layout.Key} --repair"
                );
        return null;
    }

    private static (Dictionary<string, byte[]> Files, bool IsPython) ReadArchive(
        CifarLayout layout,
        string path,
        CancellationToken cancellationToken
    )
    {
        var binary = Names(layout).ToHashSet();
        var python = PythonNames(layout).ToHashSet();
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
                if (entry.Length > Largest(layout, isPython: python.Contains(name)))
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

    private static FaultException Malformed(CifarLayout layout, string name, long bytes, long? wanted)
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
            $"mm data fetch {layout.Key} --repair, or point --data-dir at the right folder"
        );
    }

    private static FaultException Missing(CifarLayout layout, string path, string what) =>
        new(
            "MM2001",
            $"{layout.Name} is not in {path}: {what}",
            $"mm data fetch {layout.Key}, or --data-dir with the folder that holds {layout.TestFile}, or {CifarPickles.NameOf(layout.TestFile)} of the Python version"
        );
}

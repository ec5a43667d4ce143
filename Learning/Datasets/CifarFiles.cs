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
            throw CifarFaults.Missing(layout, path ?? "the data cache", "there is nothing there");
        var place = Find(layout, path) ?? path;
        var isArchive = File.Exists(place);
        var (files, isPython) = isArchive
            ? CifarArchive.Read(layout, place, cancellationToken)
            : ReadFolder(layout, place, cancellationToken);
        var sums = isArchive ? new Dictionary<string, string>() : Sha256Sums.Read(place);
        string NameOf(string name) => isPython ? CifarPickles.NameOf(name) : name;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(layout.Key));
        foreach (var name in layout.DataFiles)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!files.TryGetValue(NameOf(name), out var bytes))
                throw CifarFaults.Missing(layout, path, $"{NameOf(name)} is not there");
            var digest = SHA256.HashData(bytes);
            if (!isPython && CifarFaults.WrongSize(layout, name, bytes) is { } size)
                throw size;
            if (
                CifarFaults.Differs(
                    layout,
                    NameOf(name),
                    bytes.Length,
                    Convert.ToHexStringLower(digest),
                    sums
                ) is
                { } fault
            )
                throw fault;
            if (isPython)
            {
                // From here on they are the binary version's bytes, and so the hash is the same.
                bytes = CifarPickles.Records(layout, NameOf(name), bytes, layout.RecordsOf(name));
                if (CifarFaults.WrongLabel(layout, NameOf(name), bytes) is { } label)
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
            .. layout.DataFiles.Select(binary =>
            {
                var name = isPython ? CifarPickles.NameOf(binary) : binary;
                var file = new FileInfo(Path.Combine(folder, name));
                if (!file.Exists)
                    return new(
                        name,
                        null,
                        null,
                        false,
                        CifarFaults.Missing(layout, path, $"{name} is not there")
                    );
                if (file.Length > layout.Largest(isPython))
                    return new(
                        name,
                        file.Length,
                        null,
                        false,
                        CifarFaults.Malformed(layout, name, file.Length, null)
                    );
                var bytes = File.ReadAllBytes(file.FullName);
                var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
                return new DataFileCheck(
                    name,
                    bytes.Length,
                    digest,
                    sums.ContainsKey(name),
                    (isPython ? null : CifarFaults.WrongSize(layout, binary, bytes))
                        ?? CifarFaults.Differs(layout, name, bytes.Length, digest, sums)
                        ?? (
                            isPython
                                ? CifarFaults.WrongPickle(layout, binary, bytes)
                                : CifarFaults.WrongLabel(layout, name, bytes)
                        )
                );
            }),
        ];
    }

    /// <summary>The files that a data set consists of, names of classes included.</summary>
    public static IEnumerable<string> Names(CifarLayout layout) => layout.BinaryFiles;

    /// <summary>Unpacks an archive's files, and no others, into a folder.</summary>
    /// <exception cref="FaultException">MM2004 malformed or incomplete, MM2007 an entry that leaves its folder.</exception>
    public static void Unpack(CifarLayout layout, string archive, string folder)
    {
        var (files, isPython) = CifarArchive.Read(layout, archive, default);
        foreach (var name in layout.DataFiles.Select(name => isPython ? CifarPickles.NameOf(name) : name))
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
        (IsPython(layout, folder) ? layout.PythonFiles : layout.BinaryFiles)
            .Select(name => Path.GetFullPath(Path.Combine(folder, name)))
            .Where(File.Exists);

    private static IReadOnlyList<string> Files(CifarLayout layout, string? path)
    {
        if (path is null || !Path.Exists(path))
            throw CifarFaults.Missing(layout, path ?? "the data cache", "there is nothing there");
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
        new FileInfo(path).Length is var length && length > layout.Largest(isPython)
            ? throw CifarFaults.Malformed(layout, Path.GetFileName(path), length, null)
            : File.ReadAllBytes(path);

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
            if (CifarFaults.WrongLabel(layout, names[f], bytes) is { } fault)
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
}

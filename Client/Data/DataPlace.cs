using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Client.Data;

/// <summary>A data set and where it lies: what <c>NAME|DIR</c> on a command line means.</summary>
/// <param name="Dataset">Name in the catalogue of data sets.</param>
/// <param name="Layout">Its files; null where it has none.</param>
/// <param name="Path">Folder or archive; null where it has none.</param>
internal sealed record DataPlace(string Dataset, CifarLayout? Layout, string? Path)
{
    /// <summary>Every known data set at its usual place: the folder of <c>MM_DATA_DIR</c> if it is there, else the data cache.</summary>
    public static IReadOnlyList<DataPlace> All(CommandContext context) =>
        [.. DatasetCatalogue.Names.Select(name => Of(name, context))];

    /// <exception cref="FaultException">MM1007: neither a known name nor a folder with a known data set; MM2001: the folder holds none.</exception>
    public static DataPlace Find(string nameOrFolder, CommandContext context)
    {
        var path = System.IO.Path.GetFullPath(nameOrFolder, context.WorkingFolder);
        if (DatasetCatalogue.Names.Contains(nameOrFolder))
        {
            var known = Of(nameOrFolder, context);
            if (System.IO.Path.Exists(path) && path != known.Path)
                context.Error.WriteLine(
                    $"{nameOrFolder} means the data set {(known.Path is { } at ? $"at {at}" : "that is generated")}; what lies here under this name is ./{nameOrFolder}"
                );
            return known;
        }

        if (!Directory.Exists(path) && !File.Exists(path))
            throw new FaultException(
                "MM1007",
                $"'{nameOrFolder}' is neither a data set nor a folder{Suggestion.Ask(nameOrFolder, DatasetCatalogue.Names)}",
                $"one of {string.Join(", ", DatasetCatalogue.Names)}, or the folder with the files"
            );
        foreach (var archive in PublishedArchive.All)
            if (IsAt(archive.Layout, path))
                return new(archive.Dataset, archive.Layout, CifarFiles.Find(archive.Layout, path));
        if (DatasetCatalogue.All.FirstOrDefault(d => d.IsAt?.Invoke(path) == true) is { } own)
            return new(own.Name, null, path);
        throw new FaultException(
            "MM2001",
            $"{nameOrFolder} holds no known data set: {string.Join(" and ", PublishedArchive.All.Select(a => $"{a.Layout.TestFile} of {a.Layout.Name}"))} are not there, nor are train and test as folders, lists, .parquet or .tar shards; {Holds(path)}",
            Directory.Exists(path) && Directory.EnumerateFiles(path).Any(IsPackedShard)
                ? "shards are read unpacked: gunzip them (.tar.gz to .tar)"
                : "give the folder that holds such files, or mm data fetch NAME"
        );
    }

    /// <summary>Its line in the catalogue.</summary>
    public DatasetDefinition Definition => DatasetCatalogue.Find(Dataset);

    /// <summary>Whether its files are there; true for one that has none.</summary>
    public bool IsThere =>
        Layout is not null ? Path is not null && IsAt(Layout, Path)
        : Definition.IsAt is { } isAt ? Path is not null && isAt(Path)
        : true;

    private static bool IsPackedShard(string file) =>
        System.IO.Path.GetFileName(file) is var name
        && name.StartsWith("train", StringComparison.Ordinal)
        && (
            name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)
        );

    private static string Holds(string path)
    {
        const int Most = 4;
        if (File.Exists(path))
            return "it is a file";
        string[] names =
        [
            .. Directory
                .EnumerateFileSystemEntries(path)
                .Take(Most + 1)
                .Select(System.IO.Path.GetFileName)
                .OfType<string>()
                .Order(StringComparer.Ordinal),
        ];
        return names.Length == 0
            ? "it is empty"
            : $"it holds {string.Join(", ", names.Take(Most))}{(names.Length > Most ? ", …" : "")}";
    }

    private static DataPlace Of(string name, CommandContext context)
    {
        if (PublishedArchive.All.FirstOrDefault(a => a.Dataset == name) is not { } archive)
            return new(name, null, null);
        var cache = System.IO.Path.Combine(context.Environment.DataCache, name);
        return
            context.Environment["MM_DATA_DIR"] is { } folder
            && System.IO.Path.GetFullPath(folder, context.WorkingFolder) is var path
            && IsAt(archive.Layout, path)
            ? new(name, archive.Layout, CifarFiles.Find(archive.Layout, path))
            : new(name, archive.Layout, cache);
    }

    // An archive is known by its name, in which CIFAR-10 must not be taken for the beginning of CIFAR-100.
    private static bool IsAt(CifarLayout layout, string path) =>
        File.Exists(path)
            ? System.IO.Path.GetFileName(path) is var name
                && name.StartsWith(layout.Name, StringComparison.OrdinalIgnoreCase)
                && !name[layout.Name.Length..].StartsWith('0')
            : CifarFiles.Find(layout, path) is not null;
}

namespace MMOrleans.Runs.Folders;

/// <summary>The files of a run's folder that clients elsewhere may read: records, metrics, events, logs and the descriptions of checkpoints.</summary>
/// <remarks>Not the parameters, which are large, and not which process trains and where it is reached.</remarks>
public static class ShownFiles
{
    private static readonly string[] Kinds = [".json", ".jsonl", ".yaml", ".csv", ".txt"];

    private static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 2,
    };

    /// <summary>Relative names with slashes, in order, each with its length in bytes.</summary>
    public static IReadOnlyList<(string Name, long Length)> List(RunFolder run)
    {
        var folder = new DirectoryInfo(run.Path);
        return
        [
            .. folder
                .EnumerateFiles("*", Everywhere)
                .Where(file => IsShown(run, file.FullName))
                .Select(file =>
                    (Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'), file.Length)
                )
                .OrderBy(file => file.Item1, StringComparer.Ordinal),
        ];
    }

    /// <summary>Where a file of that name would lie.</summary>
    /// <returns>A full path; the file may be gone. Null for a name that leaves the folder or that is not shown.</returns>
    public static string? Find(RunFolder run, string name)
    {
        var folder = Path.GetFullPath(run.Path);
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return
            path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && IsShown(run, path)
            ? path
            : null;
    }

    private static bool IsShown(RunFolder run, string path) =>
        Kinds.Contains(Path.GetExtension(path))
        && Path.GetFileName(path) is var name
        && name != Path.GetFileName(run.Endpoint)
        && name != Path.GetFileName(run.Writer);
}

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
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
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
    /// <returns>A full path; the file may be gone. Null for a name that leaves the folder, also over a link in it, or that is not shown.</returns>
    public static string? Find(RunFolder run, string name)
    {
        var folder = Path.GetFullPath(run.Path);
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return
            path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && IsShown(run, path)
            && !HasLink(folder, path)
            ? path
            : null;
    }

    // A link may lead anywhere: what it names is not of this folder. The folder itself may be one.
    private static bool HasLink(string folder, string path)
    {
        for (var step = path; step.Length > folder.Length; step = Path.GetDirectoryName(step)!)
            if (new FileInfo(step).LinkTarget is not null)
                return true;
        return false;
    }

    private static bool IsShown(RunFolder run, string path) =>
        Kinds.Contains(Path.GetExtension(path))
        && Path.GetFileName(path) is var name
        && name != Path.GetFileName(run.Endpoint)
        && name != Path.GetFileName(run.Writer);
}

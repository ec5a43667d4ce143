namespace MMOrleans.Learning.Datasets;

/// <summary>What lies in a data set's folder: hidden and system names are counted, links are followed unless they lead back.</summary>
/// <param name="root">The data set's folder.</param>
/// <param name="tally">Counts what is not taken.</param>
/// <param name="cancellationToken">Ends it between two entries.</param>
internal sealed class FolderContents(
    string root,
    InventoryTally tally,
    CancellationToken cancellationToken = default
)
{
    private const string LeadingBack = "links that lead back to a folder above them";

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>Folders and files directly in a folder, as paths from the root with <c>/</c>, in ordinal order.</summary>
    /// <param name="folder">From the root on; empty for the root.</param>
    /// <exception cref="FaultException">MM2004: a name that is not UTF-8, or a folder that cannot be listed.</exception>
    public (List<string> Folders, List<string> Files) Of(string folder)
    {
        var (folders, files) = (new List<string>(), new List<string>());
        foreach (var entry in Entries(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            var isFolder = entry is DirectoryInfo;
            CheckName(entry, path);
            var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
            if (HiddenNames.Contains(entry.Name))
                tally.Pass(
                    isFolder ? InventoryTally.HiddenFolders : InventoryTally.HiddenFiles,
                    path + (isFolder ? "/" : "")
                );
            else if (isLink && entry.LinkTarget is { } target && IsBroken(entry.FullName))
            {
                // An image, or a class; anything else would not have been read.
                if (path.Contains('/') && (ImageFolder.IsImage(path) || !Path.HasExtension(path)))
                    tally.Damage($"{path} cannot be read: it is a link to {target}, which is not there");
                else
                    tally.Pass("links to what is not there", path);
            }
            else if (isFolder && isLink && LeadsBack(entry.FullName))
                tally.Pass(LeadingBack, path + "/");
            else
                (isFolder ? folders : files).Add(path);
        }

        folders.Sort(StringComparer.Ordinal);
        files.Sort(StringComparer.Ordinal);
        return (folders, files);
    }

    /// <summary>The same of a folder that may be another user's: one that cannot be listed is counted.</summary>
    public bool TryOf(string folder, out List<string> folders, out List<string> files)
    {
        (folders, files) = ([], []);
        try
        {
            (folders, files) = Of(folder);
            return true;
        }
        catch (FaultException fault) when (fault.InnerException is IOException or UnauthorizedAccessException)
        {
            tally.Pass("folders that cannot be listed", folder + "/");
            return false;
        }
    }

    /// <summary>All files below a folder, in ordinal order of their paths from the root.</summary>
    public List<string> FilesBelow(string folder)
    {
        var all = new List<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            var (folders, files) = Of(next);
            all.AddRange(files);
            foreach (var below in folders)
                open.Push(below);
        }

        all.Sort(StringComparer.Ordinal);
        return all;
    }

    private FileSystemInfo[] Entries(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(Path.Combine(_root, folder)).EnumerateFileSystemInfos()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM2004",
                $"the folder {(folder.Length == 0 ? _root : folder)} cannot be listed: {exception.Message}",
                "make it readable for this user, or move it elsewhere",
                exception
            );
        }
    }

    // A name of other bytes is decoded with replacement characters, and nothing is found by it any more.
    private void CheckName(FileSystemInfo entry, string path)
    {
        if (entry.Name.Contains('\uFFFD') && !entry.Exists)
            throw new FaultException(
                "MM2004",
                $"{path.Replace("\uFFFD", @"\x??")} has a name that is not UTF-8 (each \\x?? is a byte that cannot be decoded), so that it cannot be opened",
                $"rename it, for example from Latin-1: convmv -f latin1 -t utf8 -r --notest {_root}; ls -b shows the bytes"
            );
    }

    // A link to nothing counts as a file that is there.
    private static bool IsBroken(string path)
    {
        try
        {
            return !Directory.Exists(path)
                && File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false };
        }
        catch (IOException)
        {
            return true; // a link that leads to itself
        }
    }

    /// <summary>Whether a folder, its links resolved, is or holds one of the folders that lead to it.</summary>
    private bool LeadsBack(string link)
    {
        var target = RealPath(link);
        for (var above = Path.GetDirectoryName(link)!; ; above = Path.GetDirectoryName(above)!)
        {
            var real = RealPath(above);
            if (
                real == target
                || real.StartsWith(
                    Path.EndsInDirectorySeparator(target) ? target : target + Path.DirectorySeparatorChar,
                    StringComparison.Ordinal
                )
            )
                return true;
            if (above.Length <= _root.Length)
                return false;
        }
    }

    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (
            var part in path[real.Length..]
                .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).LinkTarget is { } target
                ? RealPath(Path.GetFullPath(target, real))
                : next;
        }

        return real;
    }
}

namespace MMOrleans.Journeys.Support;

/// <summary>Folders as a user's file manager handles them.</summary>
internal static class Folder
{
    /// <summary>With all that is in it; links stay links.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var copy = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } target)
                File.CreateSymbolicLink(copy, target);
            else if (entry is FileInfo file)
                file.CopyTo(copy);
            else
                Copy(entry.FullName, copy);
        }
    }
}

namespace MMOrleans.Learning.Datasets;

/// <summary>Names of files and folders that programs leave beside people's data: neither a class nor an image in any format.</summary>
public static class HiddenNames
{
    private static readonly HashSet<string> OfSystems = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX",
        "__pycache__",
        "@eaDir",
        "@Recycle",
        "@Recently-Snapshot",
        "@tmp",
        "#recycle",
        "#snapshot",
        "~snapshot",
        "$RECYCLE.BIN",
        "RECYCLER",
        "System Volume Information",
        "lost+found",
        "Network Trash Folder",
        "Temporary Items",
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "Icon\r",
    };

    /// <summary>Whether one part of a path is such a name: it begins with a dot, or a system is known to leave it.</summary>
    public static bool Contains(string name) => name.StartsWith('.') || OfSystems.Contains(name);

    /// <summary>Whether a path of an archive, with <c>/</c> between its parts, leads through such a name.</summary>
    public static bool IsOn(string path) =>
        path.Split('/').Any(part => part is not ("." or "..") && Contains(part));
}

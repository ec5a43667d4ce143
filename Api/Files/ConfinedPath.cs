namespace MMOrleans.Api.Files;

/// <summary>Finds a file below a folder, and nothing beside it.</summary>
internal static class ConfinedPath
{
    /// <param name="folder">The folder; it may be missing.</param>
    /// <param name="names">Names below it, one for each step down.</param>
    /// <returns>The file; null when there is none, when a name is more than a name, or when a link is on the way.</returns>
    public static FileInfo? Find(string folder, params IReadOnlyList<string> names)
    {
        if (names.Count == 0 || !names.All(IsName))
            return null;
        var path = folder;
        foreach (var name in names.SkipLast(1))
        {
            path = Path.Combine(path, name);
            // A link may point anywhere: what it names is not of this folder.
            if (new DirectoryInfo(path) is not { Exists: true, LinkTarget: null })
                return null;
        }

        var file = new FileInfo(Path.Combine(path, names[^1]));
        return file is { Exists: true, LinkTarget: null } && IsRegular(file) ? file : null;
    }

    /// <summary>Whether a text names an entry of a folder and leads nowhere else, on any system.</summary>
    internal static bool IsName(string text) =>
        text.Length is > 0 and <= 255
        && text[0] != '.'
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    // A pipe would hold the request up, and a device may have no end.
    private static bool IsRegular(FileInfo file) =>
        (file.Attributes & FileAttributes.Device) == 0 && file.Length >= 0;
}

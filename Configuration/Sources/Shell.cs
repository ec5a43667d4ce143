namespace MMOrleans.Configuration.Sources;

/// <summary>Makes words that a POSIX shell reads as they are, for commands that are printed.</summary>
internal static class Shell
{
    private const string Plain = "-_./,:=@%+";

    /// <summary>The word itself where no character of it means something to a shell, else in single quotes.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''")}'";

    /// <summary>A path as a word of a command: one that begins with a hyphen is not a flag then.</summary>
    public static string Path(string path) => Quote(path.StartsWith('-') ? $"./{path}" : path);

    /// <summary>A whole command.</summary>
    public static string Line(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}

using System.Text.RegularExpressions;

namespace MMOrleans.Journeys.Support;

/// <summary>The commands that a text tells its reader to type.</summary>
/// <remarks>They stand in sentences: a command ends where one does, at a comma, a bracket or two blanks, or at a word of prose.</remarks>
internal static partial class PrintedCommands
{
    private static readonly HashSet<string> Prose =
    [
        "lists",
        "list.",
        "says",
        "shows",
        "prints",
        "explains",
        "brings",
        "writes",
        "names",
        "or",
        "and",
        "with",
        "for",
        "to",
        "then",
        "when",
        "where",
        "there",
        "is",
        "are",
        "does",
        "goes",
        "first",
        "again",
        "there;",
        "on",
        "from",
        "in",
    ];

    private static readonly HashSet<string> Harmless =
    [
        "runs",
        "show",
        "why",
        "logs",
        "explain",
        "data list",
        "data stats",
        "data verify",
        "config explain",
        "config check",
        "config schema",
        "checkpoints list",
        "checkpoints verify",
        "doctor",
        "compare",
    ];

    public static IReadOnlyList<string> In(string text) =>
        [
            .. text.Split('\n')
                .Where(line => !line.EndsWith("[options]", StringComparison.Ordinal)) // a usage line of the help
                .SelectMany(line =>
                    Beginning().Matches(line).Select(match => Cut(Unquoted(line, match.Index)))
                )
                .Where(command => Words(command) is [_, var verb, ..] && CommandTree.Verbs.Contains(verb)),
        ];

    /// <summary>Whether it only looks, so that it may be typed just because it was printed.</summary>
    public static bool IsHarmless(string command) =>
        Harmless.Any(verb =>
            command == $"mm {verb}" || command.StartsWith($"mm {verb} ", StringComparison.Ordinal)
        ) && !command.Contains("--follow", StringComparison.Ordinal);

    /// <summary>With something in each place that a reader must fill in, such as <c>RUN</c> or <c>N</c>.</summary>
    public static string Filled(string command) => Blank().Replace(command, "1");

    /// <summary>As a shell cuts it.</summary>
    public static IReadOnlyList<string> Words(string command) =>
        [
            .. Word()
                .Matches(command)
                .Select(match => Quoted().Replace(match.Value, part => part.Value[1..^1])),
        ];

    /// <summary>A command between quotes ends with them.</summary>
    private static string Unquoted(string line, int at)
    {
        var rest = line[at..];
        return
            at > 0
            && line[at - 1] is var quote and ('\'' or '"' or '`')
            && rest.IndexOf(quote) is var end and >= 0
            ? rest[..end]
            : rest;
    }

    private static string Cut(string text)
    {
        var words = new List<string>();
        foreach (Match match in Word().Matches(text))
        {
            var word = match.Value;
            if (
                words.Count > 0
                && (
                    Prose.Contains(word)
                    || word[0] is '(' or '[' or '|'
                    || text[..match.Index].EndsWith("  ", StringComparison.Ordinal)
                )
            )
                break;
            var end = word.TrimEnd(',', ';', '.', ')', '\'', '"');
            if (word.Length > 1 && word[0] is '\'' or '"' && word[^1] == word[0])
                end = word; // quoted whole
            if (end.Length > 0)
                words.Add(end);
            if (end.Length < word.Length)
                break;
        }

        return string.Join(' ', words);
    }

    [GeneratedRegex(@"(?<![\w/.-])mm (?=[a-z])")]
    private static partial Regex Beginning();

    [GeneratedRegex("""(?:[^\s'"]|'[^']*'|"[^"]*"|['"])+""")]
    private static partial Regex Word();

    [GeneratedRegex("""'[^']*'|"[^"]*"(?!\w)""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"<[^<>]*>(?:\.\.\.)?|(?<=[ =])[A-Z]+(?:=[A-Z]+)?(?:\.\.\.)?(?=$| )")]
    private static partial Regex Blank();
}

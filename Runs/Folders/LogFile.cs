namespace MMOrleans.Runs.Folders;

/// <summary>A file that holds a run's log, by its name: the one that is written, or the full one before it.</summary>
/// <remarks>
/// <c>log.txt</c> and <c>log.1.txt</c> of a process that is alone, <c>log-SILO.txt</c> and <c>log-SILO~1.txt</c> of a silo: several processes
/// cannot share a file that is rotated. Names of silos have dots and no tilde, so that no silo's file is taken for another silo's full one.
/// Folders of earlier versions hold <c>log-SILO.1.txt</c>, which reads as the log of a silo <c>SILO.1</c>: merged by time, that is the same.
/// </remarks>
/// <param name="Silo">Name of a silo of a cluster; null for a process that is alone.</param>
/// <param name="IsFull">Whether it is the one before the one that is written.</param>
public sealed record LogFile(string? Silo, bool IsFull = false)
{
    /// <summary>Longest name of a silo: with what is put around it, it is the name of a file and of a folder.</summary>
    public const int LongestSilo = 128;

    private const string Own = "log";
    private const string FullOwn = ".1";
    private const string OfSilo = "log-";
    private const string FullOfSilo = "~1";
    private const string Extension = ".txt";

    /// <summary>The file's name, without its folder.</summary>
    public string Name =>
        Silo is null
            ? Own + (IsFull ? FullOwn : "") + Extension
            : OfSilo + Silo + (IsFull ? FullOfSilo : "") + Extension;

    /// <summary>The full file before this one.</summary>
    public LogFile Full => this with { IsFull = true };

    /// <summary>Whether a silo may have that name, so that its log is found and is no other silo's.</summary>
    public static bool TakesSilo(string name) =>
        name.Length is > 0 and <= LongestSilo
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    /// <returns>What a file of that name is; null where it holds no log.</returns>
    public static LogFile? Of(string name)
    {
        if (!name.EndsWith(Extension, StringComparison.Ordinal))
        {
            return null;
        }

        var stem = name[..^Extension.Length];
        if (stem is Own or Own + FullOwn)
        {
            return new(null, IsFull: stem != Own);
        }

        if (stem.Length <= OfSilo.Length || !stem.StartsWith(OfSilo, StringComparison.Ordinal))
        {
            return null;
        }

        return stem.EndsWith(FullOfSilo, StringComparison.Ordinal)
            ? new(stem[OfSilo.Length..^FullOfSilo.Length], IsFull: true)
            : new(stem[OfSilo.Length..]);
    }

    /// <summary>The logs of a run's folder, in the order of their names; a full file is not a log of itself.</summary>
    /// <param name="folder">The run's folder.</param>
    public static IReadOnlyList<LogFile> In(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, Own + "*" + Extension)
                .Select(path => Of(Path.GetFileName(path)))
                .OfType<LogFile>()
                .Select(file => file with { IsFull = false }) // one that was full when its silo ended stands alone
                .Distinct()
                .OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
}

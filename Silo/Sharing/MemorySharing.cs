using System.Globalization;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Silo.Sharing;

/// <summary>Whether silos of this machine could read each other's memory, found out without starting any.</summary>
/// <param name="Refusal">Why this process has no memory that others read; null when it has.</param>
/// <param name="Readable">Other processes of the same user whose open files this one may open, as silos do with each other's memory.</param>
/// <param name="Closed">Other processes of the same user whose open files it may not.</param>
public sealed record MemorySharing(string? Refusal, int Readable, int Closed)
{
    /// <summary>Looks at this machine.</summary>
    public static MemorySharing Probe()
    {
        if (ArenaProbe.Refusal() is { } refusal)
            return new(refusal, 0, 0);
        var answers = Directory
            .EnumerateDirectories("/proc")
            .Where(folder =>
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId
            )
            .Where(folder => UserOf(folder) is { } user && user == UserOf("/proc/self"))
            .Select(MayOpen)
            .ToLookup(may => may);
        return new(null, answers[true].Count(), answers[false].Count());
    }

    /// <summary>The user as which a process acts; null when it is over.</summary>
    private static string? UserOf(string folder)
    {
        try
        {
            return File.ReadLines(Path.Combine(folder, "status"))
                .FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))
                ?.Split('\t')[2];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether an open file of a process may be opened: the kernel asks the same when it is only said where it leads. Null when there is none, or the process is over.</summary>
    private static bool? MayOpen(string folder)
    {
        try
        {
            return
                Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")).FirstOrDefault() is { } first
                ? new FileInfo(first).LinkTarget is not null
                : null;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

using MMOrleans.Client.Processes;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Diagnosis;

/// <summary>What the file system of the runs does: locks, tells letters' cases apart, has a clock that agrees with this machine's.</summary>
internal static class FileSystemCheck
{
    /// <summary>Two clocks that differ by more make what is old and what is new hard to tell.</summary>
    private static readonly TimeSpan MostDifference = TimeSpan.FromMinutes(1);

    public static Finding Run(CommandContext context)
    {
        var shown = context.Environment["MM_OUTPUT_DIR"] ?? "./runs";
        var folder = Path.GetFullPath(shown, context.WorkingFolder);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? Path.GetPathRoot(context.WorkingFolder)!;
        var probe = Path.Combine(folder, $".mm-doctor-lock-{Environment.ProcessId}");
        try
        {
            using var held = new FileStream(
                probe,
                FileMode.Create,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose
            );
            held.WriteByte(1);
            held.Flush(flushToDisk: true);
            var kind = new DriveInfo(folder).DriveFormat;
            return Judge(
                $"files {shown}",
                kind,
                isLocked: IsLocked(probe),
                tellsCases: !File.Exists(Path.Combine(folder, Path.GetFileName(probe).ToUpperInvariant())),
                File.GetLastWriteTimeUtc(probe) - context.Clock.GetUtcNow()
            );
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return new(FindingLevel.Ok, $"files {shown}", "not looked at: the folder cannot be written");
        }
    }

    /// <summary>What is said of a file system.</summary>
    /// <param name="what">Which.</param>
    /// <param name="kind">Such as <c>ext4</c> or <c>nfs</c>.</param>
    /// <param name="isLocked">Whether a file that is held open is kept from others.</param>
    /// <param name="tellsCases">Whether <c>a</c> and <c>A</c> are two names.</param>
    /// <param name="ahead">By how much its clock is ahead of this machine's.</param>
    public static Finding Judge(string what, string kind, bool isLocked, bool tellsCases, TimeSpan ahead) =>
        !isLocked
            ? new(
                FindingLevel.Warning,
                what,
                $"{kind} does not lock files: two processes could write into one run",
                "train each run from one machine only, or choose a folder on another disk with MM_OUTPUT_DIR"
            )
        : ahead.Duration() > MostDifference
            ? new(
                FindingLevel.Warning,
                what,
                $"the clock of its {kind} is {Output.Figures.Span(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's",
                "set both clocks, such as with NTP"
            )
        : new(
            FindingLevel.Ok,
            what,
            $"{kind}, locks files, {(tellsCases ? "tells a from A" : "takes a and A for one name")}"
        );

    private static bool IsLocked(string path)
    {
        try
        {
            using var second = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

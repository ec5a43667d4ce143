using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether runs can be written, and how much room is left for them.</summary>
internal static class DiskCheck
{
    /// <summary>Less than this and a run of some checkpoints and logs may not end.</summary>
    private const long Scarce = 1L << 30;

    public static Finding Run(CommandContext context)
    {
        var shown = context.Environment["MM_OUTPUT_DIR"] ?? "./runs";
        var folder = Path.GetFullPath(shown, context.WorkingFolder);
        if (File.Exists(folder))
            return new(
                FindingLevel.Failure,
                $"disk {shown}",
                $"MM5003 {shown} is a file where the folder of the runs is wanted",
                "move it away, or choose another folder with MM_OUTPUT_DIR"
            );
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? Path.GetPathRoot(context.WorkingFolder)!;
        try
        {
            var probe = Path.Combine(folder, $".mm-doctor-{Environment.ProcessId}");
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            var fault = StorageFault.CannotWrite(shown, exception, "MM_OUTPUT_DIR=DIR");
            return new(FindingLevel.Failure, $"disk {shown}", $"MM5003 {fault.Message}", fault.Fix);
        }

        var free = new DriveInfo(folder).AvailableFreeSpace;
        return free < Scarce
            ? new(
                FindingLevel.Warning,
                $"disk {shown}",
                $"{Figures.Bytes(free)} free",
                "free some space, or choose another folder with MM_OUTPUT_DIR"
            )
            : new(FindingLevel.Ok, $"disk {shown}", $"{Figures.Bytes(free)} free");
    }
}

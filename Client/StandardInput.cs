using MMOrleans.Learning.Checkpoints;

namespace MMOrleans.Client;

/// <summary>What this process was given to read.</summary>
internal static class StandardInput
{
    private const string Descriptors = "/proc/self/fd";

    /// <summary>The input; empty where the process was started with none, as by <c>&lt;&amp;-</c>.</summary>
    /// <remarks>
    /// Number 0 is then one of the runtime's own: a pipe whose other end this process holds too, so that a reader would wait for itself.
    /// </remarks>
    public static TextReader Open() => IsOwn() ? TextReader.Null : Console.In;

    private static bool IsOwn()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var input = Target($"{Descriptors}/0");
            return input is not null
                && (
                    input.StartsWith("anon_inode:", StringComparison.Ordinal)
                    || (
                        input.StartsWith("pipe:", StringComparison.Ordinal)
                        && Directory
                            .EnumerateFiles(Descriptors)
                            .Any(other =>
                                Path.GetFileName(other) is not ("0" or "1" or "2") && Target(other) == input
                            )
                    )
                );
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return false;
        }
    }

    private static string? Target(string descriptor) => new FileInfo(descriptor).LinkTarget;
}

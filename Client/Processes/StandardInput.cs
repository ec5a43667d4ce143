using MMOrleans.Runs.Faults;

namespace MMOrleans.Client.Processes;

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
                                Path.GetFileName(other) is not ("0" or "1" or "2")
                                && Target(other) == input
                                && Writes(Path.GetFileName(other))
                            )
                    )
                );
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            return false;
        }
    }

    /// <summary>Whether a descriptor can be written to. The console reads a copy of its own of number 0, which says nothing.</summary>
    private static bool Writes(string descriptor)
    {
        const string name = "flags:";
        const int accessMode = 3; // O_RDONLY is 0
        return File.ReadLines($"/proc/self/fdinfo/{descriptor}").FirstOrDefault(line => line.StartsWith(name))
                is { } line
            && (Convert.ToInt32(line[name.Length..].Trim(), fromBase: 8) & accessMode) != 0;
    }

    private static string? Target(string descriptor) => new FileInfo(descriptor).LinkTarget;
}

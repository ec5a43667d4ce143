using System.Globalization;

namespace MMOrleans.Silo.Configuration;

/// <summary>Which process of this machine listens at a port, as far as this user may see; on Linux.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    /// <returns>Such as <c>process 4711 (mm-silo)</c>; null where it cannot be seen.</returns>
    public static string? Of(int port)
    {
        try
        {
            var sockets = ((string[])["/proc/net/tcp", "/proc/net/tcp6"])
                .Where(File.Exists)
                .SelectMany(File.ReadLines)
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 9 && fields[3] == Listening && PortOf(fields[1]) == port)
                .Select(fields => $"socket:[{fields[9]}]")
                .ToHashSet(StringComparer.Ordinal);
            return sockets.Count == 0
                ? null
                : Directory
                    .EnumerateDirectories("/proc")
                    .Where(IsProcess)
                    .Where(process => Holds(process, sockets))
                    .Select(Name)
                    .FirstOrDefault();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Address and port in hexadecimal digits.
    private static int PortOf(string local) =>
        int.TryParse(local.Split(':')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)
            ? port
            : 0;

    private static bool IsProcess(string folder) => Path.GetFileName(folder).All(char.IsAsciiDigit);

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false; // another user's, or one that has ended meanwhile
        }
    }

    private static string Name(string process)
    {
        var words = File.ReadAllText(Path.Combine(process, "cmdline"))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        // A program of .NET without a host of its own is the second word.
        var program =
            words is [var host, var library, ..] && Path.GetFileName(host) == "dotnet"
                ? library
                : words.FirstOrDefault("?");
        return $"process {Path.GetFileName(process)} ({Path.GetFileNameWithoutExtension(program)})";
    }
}

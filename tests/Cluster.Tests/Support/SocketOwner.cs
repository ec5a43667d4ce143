using System.Globalization;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Says whose end of a loopback connection a port is, as Linux tells it.</summary>
internal static class SocketOwner
{
    private const int LocalAddress = 1;
    private const int Inode = 9;

    /// <summary>Whether a process holds a TCP socket at a local port.</summary>
    public static bool Is(int process, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                columns[LocalAddress].EndsWith(suffix, StringComparison.Ordinal)
                && Holds(process, $"socket:[{columns[Inode]}]")
            )
                return true;
        }

        return false;
    }

    private static bool Holds(int process, string socket)
    {
        try
        {
            return Directory
                .EnumerateFiles($"/proc/{process}/fd")
                .Any(file => new FileInfo(file).LinkTarget == socket);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended
        }
    }
}

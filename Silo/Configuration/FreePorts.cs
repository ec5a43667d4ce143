using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Silo.Configuration;

/// <summary>Ports of this machine that nobody listens on.</summary>
internal static class FreePorts
{
    /// <summary>Two ports that were free a moment ago; both are held until both are known.</summary>
    public static (int First, int Second) Two()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int Next(IPAddress address)
    {
        using var listener = new TcpListener(Here(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(Here(address), port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The advertised address may be that of a router before this machine.
    private static IPAddress Here(IPAddress address) =>
        IPAddress.IsLoopback(address) ? address : IPAddress.Any;
}

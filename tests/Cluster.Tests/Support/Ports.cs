using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Loopback ports that were free a moment ago.</summary>
internal static class Ports
{
    public static int[] Free(int count)
    {
        var listeners = Enumerable
            .Range(0, count)
            .Select(_ =>
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                return listener;
            })
            .ToList();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}

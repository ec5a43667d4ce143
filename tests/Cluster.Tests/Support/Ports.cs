using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>Loopback ports that were free a moment ago.</summary>
/// <remarks>
/// Below those that the kernel hands out: a silo that is down for a few seconds must find its port free again, and another test's
/// connections and listeners take theirs from there.
/// </remarks>
internal static class Ports
{
    private const int Lowest = 10_000;
    private const int KernelsOwn = 32_768; // net.ipv4.ip_local_port_range

    public static int[] Free(int count)
    {
        List<TcpListener> listeners = [];
        while (listeners.Count < count)
        {
            var listener = new TcpListener(
                IPAddress.Loopback,
                RandomNumberGenerator.GetInt32(Lowest, KernelsOwn)
            );
            try
            {
                listener.Start();
                listeners.Add(listener);
            }
            catch (SocketException)
            {
                listener.Dispose(); // taken
            }
        }

        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}

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
        using var listener = new TcpListener(ListenAt(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(ListenAt(address), port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether something takes connections there, until it does or the time is over.</summary>
    public static async Task<bool> AnswersAsync(IPEndPoint endpoint, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (true)
            try
            {
                using var client = new TcpClient(endpoint.AddressFamily);
                await client.ConnectAsync(endpoint, limit.Token);
                return true;
            }
            catch (SocketException) when (!limit.IsCancellationRequested)
            {
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(250), limit.Token));
            }
            catch (Exception over) when (over is SocketException or OperationCanceledException)
            {
                return false;
            }
    }

    /// <summary>Where a silo of that address listens: there alone on loopback, else at every address, since its own may be a router's.</summary>
    internal static IPAddress ListenAt(IPAddress address) =>
        IPAddress.IsLoopback(address) ? address
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any
        : IPAddress.Any;
}

using System.Net;
using System.Net.Sockets;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Coordination;

/// <summary>Tells a process that has ended from one that is frozen and from a machine that is gone, by what its port says.</summary>
/// <remarks>For people only: nothing is decided by it, and nothing waits for it but the telling.</remarks>
internal static class PortProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>One of <see cref="PortAnswer"/>.</returns>
    public static async Task<string> AskAsync(IPEndPoint endpoint)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, limit.Token);
            return PortAnswer.Open;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return PortAnswer.Refused;
        }
        catch (Exception nothing) when (nothing is SocketException or OperationCanceledException)
        {
            return PortAnswer.Silent;
        }
    }
}

using System.Net.Sockets;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether somebody listens at an address.</summary>
internal static class EndpointProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <returns>Null when somebody does, else why not.</returns>
    public static async Task<string?> TryAsync(string host, int port)
    {
        using var socket = new TcpClient();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(host, port, patience.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException)
        {
            return $"no answer in {Patience.TotalSeconds:0} s";
        }
    }
}

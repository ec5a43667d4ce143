using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MMOrleans.Client.Tests.Errors;

/// <summary>An object store that has one answer; the process's variables lead to it.</summary>
internal sealed class RefusingStore : IDisposable
{
    private static readonly string[] Variables =
    [
        "AWS_ENDPOINT_URL_S3",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_MAX_ATTEMPTS",
    ];

    private readonly HttpListener _listener = new();

    public RefusingStore(int status, string says)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        _listener.Prefixes.Add(address + "/");
        _listener.Start();
        foreach (var (name, value) in Variables.Zip([address, "us-east-1", "some", "geheim", "1"]))
            Environment.SetEnvironmentVariable(name, value);
        _ = AnswerAsync(status, says);
    }

    public void Dispose()
    {
        _listener.Close();
        Array.ForEach(Variables, name => Environment.SetEnvironmentVariable(name, null));
    }

    private async Task AnswerAsync(int status, string says)
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                context.Response.StatusCode = status;
                var text = $"<Error><Code>{says}</Code><Message>{says}</Message></Error>";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}

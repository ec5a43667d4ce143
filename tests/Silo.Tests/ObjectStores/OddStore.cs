using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MMOrleans.Silo.Tests.ObjectStores;

/// <summary>A store that speaks as much S3 as a checkpoint needs, and refuses conditional writes as it is told.</summary>
internal sealed class OddStore : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerRequest, (int Status, string Code)?> _refuses;

    /// <param name="refuses">The answer to a request that is refused; null to take it.</param>
    public OddStore(Func<HttpListenerRequest, (int Status, string Code)?> refuses)
    {
        _refuses = refuses;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Objects by their keys.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();

    /// <summary>Method and condition of every request.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        Asked.Enqueue($"{request.HttpMethod} {request.Headers["If-None-Match"]}".TrimEnd());
        var key = string.Join('/', request.Url!.AbsolutePath.Split('/').Skip(2));
        if (_refuses(request) is { } refused)
        {
            response.StatusCode = refused.Status;
            await WriteAsync(
                response,
                $"<Error><Code>{refused.Code}</Code><Message>refused here</Message></Error>"
            );
        }
        else if (request.HttpMethod == "PUT")
            Objects[key] = body.ToArray();
        else if (request.QueryString["list-type"] == "2")
            await WriteAsync(
                response,
                $"<ListBucketResult><IsTruncated>false</IsTruncated>{string.Concat(Objects.Keys.Where(name => name.StartsWith(request.QueryString["prefix"] ?? "", StringComparison.Ordinal)).Select(name => $"<Contents><Key>{name}</Key><Size>{Objects[name].Length}</Size></Contents>"))}</ListBucketResult>"
            );
        response.Close();
    }

    private static Task WriteAsync(HttpListenerResponse response, string xml)
    {
        response.ContentType = "application/xml";
        return response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(xml)).AsTask();
    }
}

using System.Net;

namespace MMOrleans.Journeys.Support;

/// <summary>A web server on this machine that has one file.</summary>
internal sealed class Mirror : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private int _asked;

    public Mirror(byte[] file)
    {
        var root = $"http://127.0.0.1:{Ports.Free(1)[0]}/";
        _listener.Prefixes.Add(root);
        _listener.Start();
        Address = $"{root}cifar-10-binary.tar.gz";
        _serving = ServeAsync(file);
    }

    public string Address { get; }

    /// <summary>Requests so far.</summary>
    public int Asked => _asked;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync(byte[] file)
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _asked);
                context.Response.ContentLength64 = file.Length;
                if (context.Request.HttpMethod != "HEAD")
                    await context.Response.OutputStream.WriteAsync(file);
                context.Response.Close();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over, or a client has gone.
            }
        }
    }
}

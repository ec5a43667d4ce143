using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MMOrleans.Api.Tests.Page;

/// <summary>A proxy that serves a server below a path, and answers 404 to every other path, which it notes.</summary>
internal sealed class PrefixProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }
    );

    private PrefixProxy(WebApplication app) => _app = app;

    /// <summary>Address of the proxy itself, with a slash at its end.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Paths that were asked for beside what it serves.</summary>
    public ConcurrentQueue<string> Strays { get; } = new();

    /// <param name="server">Who answers.</param>
    /// <param name="prefix">Such as <c>/mm</c>.</param>
    /// <param name="strips">Whether it takes the prefix off, as ingress-nginx does with rewrite-target, or hands the path on as it is.</param>
    public static async Task<PrefixProxy> StartAsync(Uri server, string prefix, bool strips)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var proxy = new PrefixProxy(app);
        app.Run(context => proxy.HandOnAsync(context, server, prefix, strips));
        await app.StartAsync(TestContext.Current.CancellationToken);
        proxy.Address = new(app.Urls.First());
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task HandOnAsync(HttpContext context, Uri server, string prefix, bool strips)
    {
        var path = context.Request.Path;
        if (!path.StartsWithSegments(prefix, out var rest))
        {
            Strays.Enqueue(path);
            context.Response.StatusCode = 404;
            return;
        }

        var asked =
            (strips ? (rest.HasValue ? rest : new("/")) : path) + context.Request.QueryString.ToString();
        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(server, asked));
        foreach (var (name, values) in context.Request.Headers)
            if (name is not ("Host" or "Connection" or "Content-Length"))
                request.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        try
        {
            using var answer = await _http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                context.RequestAborted
            );
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
                if (name != "Transfer-Encoding")
                    context.Response.Headers[name] = values.ToArray();
            await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            var bytes = new byte[4096];
            for (int count; (count = await body.ReadAsync(bytes, context.RequestAborted)) > 0; )
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(0, count), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted); // events are not held back
            }
        }
        catch (Exception gone)
            when (gone is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }
}

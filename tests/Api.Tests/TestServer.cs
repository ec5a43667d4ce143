using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Api.Access;
using MMOrleans.Api.Sources;

namespace MMOrleans.Api.Tests;

/// <summary>REST and the page over real sockets, on a free port of loopback.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app)
    {
        _app = app;
        Address = new(app.Urls.First());
        Client = new() { BaseAddress = new(Address, "/api/v1/"), Timeout = TimeSpan.FromSeconds(20) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <param name="runs">The runs.</param>
    /// <param name="tokens">Lines of the token file; null for none.</param>
    /// <param name="port">0 for a free one.</param>
    /// <param name="traces">Where traces are looked at; null for nowhere.</param>
    /// <param name="before">Path below which a proxy serves it.</param>
    /// <param name="from">Where connections seem to come from; null for where they do.</param>
    public static async Task<TestServer> StartAsync(
        IRunSource runs,
        string? tokens = null,
        int port = 0,
        string? from = null,
        string? traces = null,
        string before = ""
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddMMOrleansApi(
            runs,
            tokens is null ? AccessTokens.None : AccessTokens.Parse(tokens, "tokens"),
            traces: traces is null ? null : TraceAddress.Read(traces),
            pathBase: PathBase.Read(before)
        );
        var app = builder.Build();
        if (from is not null)
            app.Use(
                (HttpContext context, RequestDelegate next) =>
                {
                    context.Connection.RemoteIpAddress = IPAddress.Parse(from);
                    return next(context);
                }
            );
        app.MapMMOrleansApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

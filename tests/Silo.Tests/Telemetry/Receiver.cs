using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MMOrleans.Silo.Tests.Telemetry;

/// <summary>Takes what is posted to it, or holds it without an answer.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();

    private Receiver(bool answers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _requests.Enqueue((context.Request.Path, body.ToArray()));
            Posted.AddOrUpdate(
                context.Request.Path,
                _ => Encoding.Latin1.GetString(body.ToArray()),
                (_, old) => old + Encoding.Latin1.GetString(body.ToArray())
            );
            if (!answers)
            {
                await Task.Delay(Timeout.Infinite, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        });
    }

    /// <summary>Bodies by path; protocol buffers hold names as they are.</summary>
    public ConcurrentDictionary<string, string> Posted { get; } = new();

    /// <summary>What was posted to a path, in order.</summary>
    public IEnumerable<byte[]> Requests(string path) =>
        _requests.Where(request => request.Path == path).Select(request => request.Body);

    public Uri Address =>
        new(
            _app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First()
        );

    public static async Task<Receiver> StartAsync(bool answers = true)
    {
        var receiver = new Receiver(answers);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _app.DisposeAsync();
        _end.Dispose();
    }
}

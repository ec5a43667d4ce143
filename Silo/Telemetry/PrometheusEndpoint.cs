using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Serves <c>/metrics</c> on a port of its own, beside whatever else the silo listens to.</summary>
internal sealed class PrometheusEndpoint(TelemetryOptions options, TelemetryLoss loss) : IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Where it listens; null when it does not.</summary>
    public int? Port { get; private set; }

    public async Task StartAsync(MeterProvider metrics, CancellationToken cancellationToken)
    {
        if (options.PrometheusPort is not { } port)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                if (options.PrometheusAddress.Equals(IPAddress.Any))
                {
                    kestrel.ListenAnyIP(port);
                }
                else
                {
                    kestrel.Listen(options.PrometheusAddress, port);
                }
            });
        var app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, null, "/metrics", null, null);
        try
        {
            await app.StartAsync(cancellationToken);
            _app = app;
            Port = PortOf(app);
        }
        catch (IOException fault)
        {
            // A port in use is no reason not to train.
            loss.CannotServe(port, fault.Message);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.DisposeAsync();
        }
    }

    private static int PortOf(WebApplication app) =>
        new Uri(
            app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First()
        ).Port;
}

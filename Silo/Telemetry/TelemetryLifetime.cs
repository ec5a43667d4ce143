using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Makes the exporters live longer than everything that they report: up before the silo starts, flushed after it has stopped.</summary>
internal sealed class TelemetryLifetime(IServiceProvider services, PrometheusEndpoint prometheus)
    : IHostedLifecycleService
{
    /// <summary>An endpoint that does not answer may delay the exit this long and no longer.</summary>
    private const int FlushMilliseconds = 2000;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Measurements and spans made before their provider exists are lost.
        services.GetService<TracerProvider>();
        var metrics = services.GetRequiredService<MeterProvider>();
        services.GetRequiredService<TelemetryLoss>().Watched();
        services.GetRequiredService<StorageSpace>();
        await prometheus.StartAsync(metrics, cancellationToken);
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        // Shut down here, side by side: the container would do it one after the other with a longer patience.
        await Task.WhenAll(
            Task.Run(
                () => services.GetService<TracerProvider>()?.Shutdown(FlushMilliseconds),
                CancellationToken.None
            ),
            Task.Run(
                () => services.GetService<MeterProvider>()?.Shutdown(FlushMilliseconds),
                CancellationToken.None
            ),
            Task.Run(
                () => services.GetService<LoggerProvider>()?.Shutdown(FlushMilliseconds),
                CancellationToken.None
            )
        );
        await prometheus.DisposeAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

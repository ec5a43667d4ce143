using Microsoft.Extensions.Hosting;

namespace MMOrleans.Grains.Telemetry;

/// <summary>Ends open spans when the silo has stopped and before exporters are flushed: their children are exported already.</summary>
internal sealed class TelemetryEnd(TrainingTelemetry telemetry) : IHostedLifecycleService
{
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        telemetry.SiloStopped();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

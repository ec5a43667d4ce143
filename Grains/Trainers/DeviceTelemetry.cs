using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Trainers;

/// <summary>Shows a silo's trainers, transports and counters from its start on, and ends what is open when it has stopped.</summary>
/// <remarks>Open spans end before exporters are flushed: their children are exported already.</remarks>
internal sealed class DeviceTelemetry(
    DeviceRegistry devices,
    VectorTransport transport,
    TrainingTelemetry telemetry
) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        telemetry.Meter.SiloStarted();
        telemetry.Meter.TransportsAreIn(() => transport.Uses().Select(use => use.Transport));
        devices.ShowAll();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        devices.Drain();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        telemetry.SiloStopped();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using Microsoft.Extensions.Hosting;

namespace MMOrleans.Silo.Draining;

/// <summary>Hands over before the silo closes, unless that was done at <c>mm-silo drain</c>.</summary>
internal sealed class DrainAtShutdown(Handover handover) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before any other service stops: the silo still answers.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => handover.RunAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

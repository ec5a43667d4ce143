using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Draining;

/// <summary>Before the silo closes, gives its trainers' slots to others, at the boundary of a round.</summary>
/// <remarks>Correctness never depends on it: whoever is killed instead costs its slots' current round.</remarks>
internal sealed partial class DrainAtShutdown(
    IGrainFactory grains,
    SiloSettings settings,
    TimeProvider clock,
    ILogger<DrainAtShutdown> logger
) : IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before any other service stops: the silo still answers.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var limit = settings.ShutdownTimeout / 2; // the other half is for closing
        var cluster = grains.GetGrain<IClusterGrain>(0);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            while (true)
            {
                var answer = await cluster.DrainAsync(settings.Name, patience.Token);
                if (answer.IsDone)
                    break;
                await Task.Delay(Pause, clock, patience.Token);
            }

            LogDrained(settings.Name, clock.GetElapsedTime(began).TotalSeconds);
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or TimeoutException or OrleansException)
        {
            LogLeaving(exception, settings.Name, clock.GetElapsedTime(began).TotalSeconds);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Silo {Silo} has handed over after {Seconds:F1} s")]
    private partial void LogDrained(string silo, double seconds);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} leaves after {Seconds:F1} s without having handed over")]
    private partial void LogLeaving(Exception exception, string silo, double seconds);
}

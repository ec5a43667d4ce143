using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Draining;

/// <summary>Gives the slots of this silo's trainers to others, at the boundary of a round.</summary>
/// <remarks>Correctness never depends on it: a trainer that is killed instead costs its slots' current round.</remarks>
internal sealed partial class Handover(
    IGrainFactory grains,
    SiloSettings settings,
    TimeProvider clock,
    ILogger<Handover> logger
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until nothing is left to hand over, for half the time that a silo has for its end: the other half is for closing.</summary>
    /// <remarks>May be asked again; what was handed over stays so.</remarks>
    /// <returns>Whether it holds no work any more.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var cluster = grains.GetGrain<IClusterGrain>(0);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.ShutdownTimeout / 2);
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
            return true;
        }
        catch (Exception exception)
        {
            // Whatever it is, such as the store of the cluster's ledger: the silo closes in order, and the others find out.
            LogKeeping(exception, settings.Name, clock.GetElapsedTime(began).TotalSeconds);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} handed its slots over in {Seconds:F1} s")]
    private partial void LogDrained(string silo, double seconds);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} did not hand its slots over within {Seconds:F1} s")]
    private partial void LogKeeping(Exception exception, string silo, double seconds);
}

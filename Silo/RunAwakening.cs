using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo;

/// <summary>When a silo has started, has every run go on that was going when the cluster died. Nobody has to clean up or to ask.</summary>
internal sealed partial class RunAwakening(
    IGrainFactory grains,
    SiloSettings settings,
    TimeProvider clock,
    ILogger<RunAwakening> logger
) : BackgroundService
{
    private const int Attempts = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the silo goes on starting
        foreach (var run in new RunCatalogue(settings.RunsFolder).List())
            if (!RunStatusName.IsEnd(run.Status))
                await WakeAsync(run.Id, stoppingToken);
    }

    private async Task WakeAsync(string run, CancellationToken stopping)
    {
        for (var attempt = 1; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await grains.GetGrain<IRunGrain>(run).WakeAsync(stopping);
                return;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                // Members that died with the cluster may still be taken for alive.
                if (attempt == Attempts)
                {
                    LogAsleep(exception, run);
                    return;
                }
            }

            await Task.Delay(Pause, clock, stopping);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run} was going and could not be woken; it goes on when it is asked for, such as by mm show"
    )]
    private partial void LogAsleep(Exception exception, string run);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo;

/// <summary>
/// Has every run go on that is not over, when a silo has started and now and then: the cluster may have died, or the silo that kept a queued
/// run. Nobody has to clean up or to ask.
/// </summary>
internal sealed partial class RunAwakening(
    IGrainFactory grains,
    SiloSettings settings,
    TimeProvider clock,
    ILogger<RunAwakening> logger
) : BackgroundService
{
    private const int Attempts = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the silo goes on starting
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var run in new RunCatalogue(settings.RunsFolder).List())
                if (!RunStatusName.IsEnd(run.Status))
                    await WakeAsync(run.Id, stoppingToken);
            await Task.Delay(Round, clock, stoppingToken);
        }
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

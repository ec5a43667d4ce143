using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Storage;

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

    // Told once: what keeps a run from waking is mended by people, and asked about every half minute.
    private readonly HashSet<string> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the silo goes on starting
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var run in Waiting())
                await WakeAsync(run, stoppingToken);
            await Task.Delay(Round, clock, stoppingToken);
        }
    }

    private List<string> Waiting()
    {
        try
        {
            return
            [
                .. new RunCatalogue(settings.RunsFolder)
                    .List()
                    .Where(run => !run.Status.IsEnd())
                    .Select(run => run.Id)
                    .Where(run => !IsOfAnother(new(settings.RunsFolder, run))),
            ];
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // A volume that is away comes back, and no silo may end for it; readiness tells it.
            if (_told.Add(settings.RunsFolder))
                LogUnlisted(settings.RunsFolder, fault.Message);
            return [];
        }
    }

    /// <summary>Whether a process of no cluster, or of another one, trains the run: that is its business, and told once.</summary>
    private bool IsOfAnother(RunFolder run)
    {
        if (
            WriterIdentity.Read(run.Writer) is not { } writer
            || writer.Cluster == SiloHosting.ClusterOf(settings)
            || !WriterHold.IsLive(run, clock)
        )
            return false;
        if (_told.Add(run.RunId))
            LogOfAnother(run.RunId);
        return true;
    }

    private async Task WakeAsync(string run, CancellationToken stopping)
    {
        for (var attempt = 1; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await grains.GetGrain<IRunGrain>(run).WakeAsync(stopping);
                _told.Remove(run);
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
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // Of this run alone, such as a folder that cannot be read: the others go on, and so does the silo.
                if (_told.Add(run))
                    LogAsleep(exception, run);
                return;
            }

            await Task.Delay(Pause, clock, stopping);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run} was active and could not be resumed; any request for it, such as mm show, retries"
    )]
    private partial void LogAsleep(Exception exception, string run);

    [LoggerMessage(LogLevel.Information, "Run {Run}: another process trains it; not resumed here")]
    private partial void LogOfAnother(string run);

    [LoggerMessage(LogLevel.Warning, "Cannot list the runs folder {Folder}, so no run is resumed: {Reason}")]
    private partial void LogUnlisted(string folder, string reason);
}

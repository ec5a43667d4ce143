using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Silo.Background;
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
) : RepeatedWork(Round, clock, logger)
{
    private const int Attempts = 30;
    private const int CallsAtOnce = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private readonly UnfinishedRuns _runs = new(settings.RunsFolder, clock);

    // Held during a call alone: a run that cannot be placed now keeps no other one waiting between its attempts.
    private readonly SemaphoreSlim _calls = new(CallsAtOnce);
    private readonly ConcurrentDictionary<string, Task> _waking = [];

    // Told once: what keeps a run from waking is mended by people, and asked about every half minute.
    private readonly ConcurrentDictionary<string, bool> _told = [];

    protected override Task PassAsync(CancellationToken stopping)
    {
        foreach (var run in Waiting())
            if (!_waking.ContainsKey(run))
                _waking[run] = WakeAsync(run, stopping);
        foreach (var (run, waking) in _waking)
            if (waking.IsCompleted)
                _waking.TryRemove(run, out _);
        return Task.CompletedTask;
    }

    private ImmutableArray<string> Waiting()
    {
        try
        {
            var runs = _runs.List();
            _told.TryRemove(settings.RunsFolder, out _);
            return runs;
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // A volume that is away comes back, and no silo may end for it; readiness tells it.
            if (_told.TryAdd(settings.RunsFolder, true))
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
            || !WriterHold.IsLive(run, Clock)
        )
            return false;
        if (_told.TryAdd(run.RunId, true))
            LogOfAnother(run.RunId);
        return true;
    }

    private async Task WakeAsync(string run, CancellationToken stopping)
    {
        try
        {
            if (IsOfAnother(new(settings.RunsFolder, run)))
                return;
            for (var attempt = 1; await TryAsync(run, stopping) is { } unplaced; attempt++)
            {
                if (attempt == Attempts)
                    throw unplaced;
                await Task.Delay(Pause, Clock, stopping);
            }

            _told.TryRemove(run, out _);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo ends; others look at the same folder.
        }
        catch (Exception exception)
        {
            // Of this run alone, such as a folder that cannot be read: the others go on, and so does the silo. The next pass asks again.
            if (_told.TryAdd(run, true))
                LogAsleep(exception, run);
        }
    }

    /// <returns>What may be otherwise in a moment: members that died with the cluster may still be taken for alive. Null when the run is awake.</returns>
    private async Task<Exception?> TryAsync(string run, CancellationToken stopping)
    {
        await _calls.WaitAsync(stopping);
        try
        {
            await grains.GetGrain<IRunGrain>(run).WakeAsync(stopping);
            return null;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return exception;
        }
        finally
        {
            _calls.Release();
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

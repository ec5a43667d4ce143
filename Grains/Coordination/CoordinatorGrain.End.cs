using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Runs.Life;
using Orleans.Storage;

namespace MMOrleans.Grains.Coordination;

/// <content>How a stretch of training ends: saved, told and recorded, rested, or restarted. Each step is safe to repeat, and is repeated.</content>
internal sealed partial class CoordinatorGrain
{
    private const string OtherState = "MM4004"; // an intact checkpoint holds another state of the same round: waiting mends nothing

    private readonly RetryPause _retry = new(clock);
    private string? _unsaved; // why the last state is not on disk, as it was told

    /// <summary>Saves if asked, tells the run how it ended, lets everybody go. Runs beside the heartbeats, which keep being answered.</summary>
    private async Task EndAsync(RunCoordination run, CoordinationEnd end)
    {
        var attempt = record.State.Start?.Attempt;
        try
        {
            if (end is { Saver: { } saver } && !run.StopNow)
            {
                if (await SaveAsync(saver, end) is not { } saved)
                    return; // the next review tries again
                end = saved;
            }

            await _telling; // what it is telling now is not told twice
            await TellNewsAsync();
            await Owner.RecordEndAsync(
                new(end.State, end.Round, end.StateSha256, end.Fault, end.Incident, attempt)
            );
            if (_run != run)
                return; // it was started anew meanwhile: what has ended is of an earlier attempt

            LogEnd(Run, end.State, end.Round);
            record.State.Start = null;
            await WriteAsync();
        }
        catch (InconsistentStateException) when (_run is null)
        {
            return; // another one leads, and ends it
        }
#pragma warning disable CA1031 // Whatever a step throws: each is safe to repeat, and trainers wait until all are done.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await RetryAsync(exception, "the run's end could not be recorded");
            return;
        }

        _run = null;
        _retry.Succeeded();
        _timer?.Dispose();
        _retired.UnionWith(run.Segments);
        CloseRetired();
        await Task.WhenAll(
            run.Members.Select(m => TryAsync(GrainFactory.GetGrain<ITrainerGrain>(m.Trainer).LeaveAsync(Run)))
        );
        DeactivateOnIdle();
    }

    /// <summary>Has the last state checkpointed. A stop goes without it where the disk refuses: its owner may resume, and gets the same again.</summary>
    /// <returns>The end to record; null where a finished run has to wait, since its result would be nowhere.</returns>
    private async Task<CoordinationEnd?> SaveAsync(string saver, CoordinationEnd end)
    {
        var report = await GrainFactory.GetGrain<ITrainerGrain>(saver).SaveAsync(Run);
        if (report.Fault?.Message != _unsaved || report.Fault is null)
            await Owner.RecordCheckpointAsync(report); // the same refusal is told once
        _unsaved = report.Fault?.Message;
        if (report.Fault is not { } fault || end.State != RunStatus.Finished)
            return end;
        if (fault.Code == OtherState)
            return end with { State = RunStatus.Failed, Fault = fault };
        _retry.Failed();
        LogUnsaved(Run, fault.Code, fault.Message, _retry.Failures);
        return null;
    }

    /// <summary>Checkpoints the state of those who are to go. The run goes on with the trainers that come.</summary>
    private async Task RestAsync(RunCoordination run, string saver)
    {
        try
        {
            var report = await GrainFactory.GetGrain<ITrainerGrain>(saver).SaveAsync(Run);
            await Owner.RecordCheckpointAsync(report);
            if (report.Fault is null) // else the record says that nothing was written, and an older one serves
                await Owner.RecordEventAsync(
                    "membership",
                    $"every silo is to go: {report.Name} is kept for the trainers that come"
                );
            LogResting(Run, report.Round);
        }
#pragma warning disable CA1031 // Whatever a step throws: each is safe to repeat, and the silos wait to go.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await RetryAsync(exception, "the state could not be kept for trainers that come");
            return;
        }

        _retry.Succeeded();
        run.Rest();
    }

    /// <summary>Has the run begin again from its newest checkpoint; asked for with every review until it has, or is given up.</summary>
    private async Task RestartAsync(CoordinationRestart restart)
    {
        try
        {
            var goesOn = await Owner.RestartAsync(restart.Reason, restart.Dispute);
            _retry.Succeeded();
            if (goesOn)
                return; // trainers may still have to come
            _run = null;
            _timer?.Dispose();
            record.State.Start = null;
            await WriteAsync();
        }
        catch (InconsistentStateException) when (_run is null)
        {
            return; // another one leads
        }
#pragma warning disable CA1031 // Whatever it throws: it is safe to repeat.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await RetryAsync(exception, "the run could not be restarted");
            return;
        }

        DeactivateOnIdle();
    }

    /// <summary>A step failed: a coming review tries it again. The first failure is told to the run's owner, too.</summary>
    private async Task RetryAsync(Exception exception, string what)
    {
        _retry.Failed();
        LogRetried(exception, Run, what, _retry.Failures);
        if (_retry.Failures == 1 && !Placement.Unreachable.Is(exception))
            await TryAsync(
                Owner.RecordEventAsync(
                    "warning",
                    $"{what} ({exception.GetType().Name}: {exception.Message.TrimEnd('.')}); it is tried again"
                )
            );
    }
}

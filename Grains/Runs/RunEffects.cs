using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Runs;

/// <summary>Carries out what a run's life decides, and feeds back what comes of it.</summary>
internal sealed partial class RunEffects(
    Grain grain,
    RunLife life,
    RunDirectory directory,
    RunLog log,
    RunOpening opening,
    RunTrainers trainers,
    RunTelemetry telemetry,
    TimeProvider clock,
    MonotonicClock intervals,
    ILogger logger
)
{
    private static readonly TimeSpan SuperviseEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeptAfterItsEnd = TimeSpan.FromMinutes(10);

    private IGrainTimer? _limit;
    private IGrainTimer? _supervision;
    private IGrainTimer? _farewell;

    private string Run => grain.GetPrimaryKeyString();

    /// <inheritdoc cref="LifePlay.PlayAsync"/>
    public async Task<LifeEffect.Answer> PlayAsync(LifeEvent happened, CancellationToken cancellationToken)
    {
        var answer = await new LifePlay(life, CarryOutAsync, () => intervals.Moment).PlayAsync(
            happened,
            cancellationToken
        );
        if (answer is { IsAccepted: true, Fault: { } fault })
            LogAcceptedWithFault(Run, fault.Code, fault.Message);
        return answer;
    }

    /// <summary>Carries one out.</summary>
    /// <returns>What came of it; null where nothing is waited for.</returns>
    public async Task<LifeEvent?> CarryOutAsync(LifeEffect effect, CancellationToken cancellationToken)
    {
        switch (effect)
        {
            case LifeEffect.Hold:
                return await HoldAsync(cancellationToken);
            case LifeEffect.Unhold:
                directory.Dispose();
                break;
            case LifeEffect.Open open:
                return await opening.OpenAsync(open, cancellationToken);
            case LifeEffect.Ask ask:
                return new LifeEvent.Allotted(await trainers.AskAsync(ask));
            case LifeEffect.Create create:
                return await opening.CreateAsync(create.Opened);
            case LifeEffect.Write write:
                log.Write(write.Record);
                break;
            case LifeEffect.Tell tell:
                log.Publish(tell.News);
                break;
            case LifeEffect.Wait wait:
                log.Wait(wait.Queued, wait.For);
                break;
            case LifeEffect.Start start:
                log.Start(start, opening.Images);
                await trainers.StartAsync(start, directory.Path, telemetry.Trace);
                return new LifeEvent.Started(start.Dispute);
            case LifeEffect.Adopt adopt:
                log.Adopt(adopt.Run);
                LogAdopted(Run);
                break;
            case LifeEffect.AskWhoLeads:
                return new LifeEvent.Led(await trainers.Coordinator.IsLeadingAsync(cancellationToken));
            case LifeEffect.BringIn { Trainer: var trainer } when life.State is LifeState.Live live:
                return await BringInAsync(trainer, live, cancellationToken);
            case LifeEffect.TellBegan began:
                log.Began(began.After);
                break;
            case LifeEffect.StopCoordinator stop:
                if (stop.Reason is { } reason)
                    LogAskedToStop(Run, reason);
                await trainers.Coordinator.StopAsync(stop.Now, cancellationToken);
                break;
            case LifeEffect.Limit limit:
                Limit(limit.At);
                break;
            case LifeEffect.Supervise:
                _supervision ??= grain.RegisterGrainTimer(
                    SuperviseAsync,
                    new GrainTimerCreationOptions(SuperviseEvery, SuperviseEvery) { KeepAlive = true }
                );
                break;
            case LifeEffect.End end:
                _limit?.Dispose();
                _limit = null;
                log.End(end.Run, end.Outcome);
                LogEnded(Run, end.Outcome.State, end.Outcome.Round);
                break;
            case LifeEffect.Release:
                await trainers.ReleaseAsync();
                return new LifeEvent.Released();
            case LifeEffect.LetGo:
                LetGo();
                break;
            case LifeEffect.Leave leave:
                LogLeftAlone(Run, leave.Fault.Code, leave.Fault.Message);
                Leave("The run is another process's.");
                break;
        }

        return null;
    }

    /// <summary>One that cannot come now keeps no other from coming: the next tick asks it again.</summary>
    private async Task<LifeEvent?> BringInAsync(
        TrainerDescription trainer,
        LifeState.Live live,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await trainers.BringInAsync(
                trainer.Trainer,
                live,
                directory.Path,
                telemetry.Trace,
                cancellationToken
            );
            return new LifeEvent.BroughtIn(trainer);
        }
#pragma warning disable CA1031 // Whatever keeps it away, the run goes on without it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotBroughtIn(exception, Run, trainer.Trainer);
            return null;
        }
    }

    private async Task<LifeEvent> HoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new LifeEvent.Held(await directory.HoldAsync(Read, cancellationToken));
        }
        catch (FaultException fault) when (fault.Code == WriterHold.Code)
        {
            return new LifeEvent.NotHeld(fault.Fault);
        }

        RunRecord Read()
        {
            var record = directory.Read() ?? throw new RunNotFoundException(Run);
            RunLife.StateOf(record); // what life cannot take in must not stay held
            log.Read();
            return record;
        }
    }

    private async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        if (directory.IsLost())
        {
            LogLost(Run);
            Leave("Another silo keeps the run.");
            return;
        }

        await TryAsync(() =>
        {
            log.CatchUp();
            return Task.CompletedTask;
        });
        await TryAsync(() => PlayAsync(new LifeEvent.Tick(), cancellationToken));
    }

    /// <summary>For what a timer does: a failure is logged, and the next tick tries again.</summary>
    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            LogUntended(exception, Run);
        }
#pragma warning disable CA1031 // Whatever it throws, the run is supervised on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailedTick(exception, Run);
        }
    }

    private void Leave(string reason) =>
        grain.GrainContext.Deactivate(
            new(DeactivationReasonCode.ApplicationRequested, reason),
            CancellationToken.None
        );

    private void Limit(DateTimeOffset at)
    {
        _limit?.Dispose();
        var left = at - clock.GetUtcNow();
        _limit = grain.RegisterGrainTimer(
            stop => TryAsync(() => PlayAsync(new LifeEvent.StopAsked(false, "max_time"), stop)),
            new GrainTimerCreationOptions(
                left > TimeSpan.Zero ? left : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan
            )
        );
    }

    /// <summary>Nothing is written any more, but for what the disk still refuses.</summary>
    private void LetGo()
    {
        if (!directory.CatchUp())
            return; // supervision tries again
        if (life.State is not LifeState.Ended { HoldsTrainers: true })
        {
            _supervision?.Dispose();
            _supervision = null;
        }

        directory.Dispose();
        opening.Data = null;
        // A silo does not keep every run it ever saw; the folder has all of it for the next one who asks.
        _farewell ??= grain.RegisterGrainTimer(
            () =>
            {
                if (life.State is LifeState.Ended)
                    grain.GrainContext.Deactivate(
                        new(DeactivationReasonCode.ApplicationRequested, "The run is over.")
                    );
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(KeptAfterItsEnd, KeptAfterItsEnd)
        );
    }

    [LoggerMessage(LogLevel.Information, "Run {Run} continues on this silo; its previous silo is gone")]
    private partial void LogAdopted(string run);

    // Not the word that has a line written into the run's own log: that folder is another's.
    [LoggerMessage(LogLevel.Warning, "{Id} is not managed by this silo: {Code} {Reason}")]
    private partial void LogLeftAlone(string id, string code, string reason);

    [LoggerMessage(LogLevel.Warning, "{Id}: another silo has gone on with it; this one writes nothing more")]
    private partial void LogLost(string id);

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run} is accepted; starting it failed and is tried again: {Code} {Reason}"
    )]
    private partial void LogAcceptedWithFault(string run, string code, string reason);

    [LoggerMessage(LogLevel.Information, "Run {Run} is asked to stop: {Reason}")]
    private partial void LogAskedToStop(string run, string reason);

    [LoggerMessage(LogLevel.Debug, "Run {Run} could not be supervised; the next tick tries again")]
    private partial void LogUntended(Exception exception, string run);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: could not bring in {Trainer}; the next tick tries again")]
    private partial void LogNotBroughtIn(Exception exception, string run, string trainer);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: its supervision failed; the next tick tries again")]
    private partial void LogFailedTick(Exception exception, string run);

    [LoggerMessage(LogLevel.Information, "Run {Run} {State} after {Round} rounds")]
    private partial void LogEnded(string run, RunStatus state, long round);
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Trainers;

namespace MMOrleans.Grains.Coordination;

/// <inheritdoc cref="ICoordinatorGrain"/>
internal sealed partial class CoordinatorGrain(
    [PersistentState("term")] IPersistentState<CoordinatorTerm> term,
    IOptions<LivenessOptions> liveness,
    TimeProvider clock,
    ILogger<CoordinatorGrain> logger
) : Grain, ICoordinatorGrain
{
    private RunCoordination? _run;
    private IGrainTimer? _timer;
    private Task? _ending;

    private string Run => this.GetPrimaryKeyString();
    private IRunGrain Owner => GrainFactory.GetGrain<IRunGrain>(Run);

    public Task StartAsync(CoordinatorStart start, CancellationToken cancellationToken)
    {
        if (_run is not null)
            return Task.CompletedTask;
        _run = new(Run, start, liveness.Value);
        _timer = this.RegisterGrainTimer(
            ReviewAsync,
            new GrainTimerCreationOptions(liveness.Value.Beat, liveness.Value.Beat) { KeepAlive = true }
        );
        return Task.CompletedTask;
    }

    public async Task<BeatAnswer> BeatAsync(Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        if (_run is null)
            return new(Directive.Leave, null);
        _run.Beat(heartbeat, clock.GetUtcNow(), term.State.Term);
        await ReviewAsync(cancellationToken); // silence is noticed by the timer, everything else at once
        return _run is null ? new(Directive.Leave, null) : _run.Answer(heartbeat.Trainer);
    }

    public Task StopAsync(bool now, CancellationToken cancellationToken)
    {
        // Only noted: the run grain waits for this call, and a review may have to call the run grain.
        _run?.Stop(now);
        return Task.CompletedTask;
    }

    private async Task ReviewAsync(CancellationToken cancellationToken)
    {
        if (_run is null || _ending is not null)
            return;
        var before = _run.Segments;
        var decision = _run.Review(clock.GetUtcNow());
        foreach (var departure in decision.Departures)
        {
            LogDeparture(Run, _run.Term, departure.Trainer, departure.Reason);
            await Owner.RecordEventAsync(
                "membership",
                $"{departure.Trainer} left: {departure.Reason}",
                cancellationToken
            );
        }

        if (decision.LeasesChanged)
        {
            term.State.Term = _run.Term;
            await term.WriteStateAsync(cancellationToken); // written before any beat announces it
            LogLeases(Run, _run.Term, string.Join("; ", _run.Signs.Select(s => Describe(s.Trainer))));
        }

        foreach (var segment in before.Except(_run.Segments))
            await GrainFactory.GetGrain<ISegmentGrain>(segment).CloseAsync();

        if (decision.End is { } end)
            _ending = EndAsync(_run, end);
        else
            await Owner.NoteProgressAsync(ProgressOf.Run(_run.Signs), cancellationToken);
    }

    /// <summary>Saves if asked, tells the run how it ended, lets everybody go. Runs beside the beats, which keep being answered.</summary>
    private async Task EndAsync(RunCoordination run, CoordinationEnd end)
    {
        try
        {
            if (end is { Saver: { } saver } && !run.StopNow)
                await Owner.RecordCheckpointAsync(
                    await GrainFactory.GetGrain<ITrainerGrain>(saver).SaveAsync(Run)
                );
            await Owner.RecordEndAsync(new(end.State, end.Round, end.StateSha256, end.Fault));
            LogEnd(Run, end.State, end.Round);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // The next review tries again: everything above is safe to repeat.
            LogEndDelayed(exception, Run);
            _ending = null;
            return;
        }

        _run = null;
        _timer?.Dispose();
        foreach (var segment in run.Segments)
            await GrainFactory.GetGrain<ISegmentGrain>(segment).CloseAsync();
        foreach (var sign in run.Signs)
            await GrainFactory.GetGrain<ITrainerGrain>(sign.Trainer).LeaveAsync(Run);
        _ending = null;
        DeactivateOnIdle();
    }

    private string Describe(string trainer)
    {
        var slots = _run!.Answer(trainer).Lease?.Slots ?? [];
        return $"{trainer} {(slots.IsEmpty ? "spare" : string.Join(',', slots))}";
    }

    [LoggerMessage(LogLevel.Information, "Run {Run} term {Term}: {Trainer} left, {Reason}")]
    private partial void LogDeparture(string run, long term, string trainer, string reason);

    [LoggerMessage(LogLevel.Information, "Run {Run} term {Term}: slots are leased as {Leases}")]
    private partial void LogLeases(string run, long term, string leases);

    [LoggerMessage(LogLevel.Information, "Run {Run} ended {State} after {Round} rounds")]
    private partial void LogEnd(string run, RunState state, long round);

    [LoggerMessage(LogLevel.Warning, "Run {Run} could not be ended yet; trying again")]
    private partial void LogEndDelayed(Exception exception, string run);
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Timing;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Runs;

/// <inheritdoc cref="IRunGrain"/>
/// <remarks>Decides nothing: <see cref="RunLife"/> does, and this carries it out.</remarks>
[KeepAlive]
internal sealed partial class RunGrain(
    RunDirectoryFactory directories,
    TrainingDataCache dataCache,
    ClientPaths paths,
    TimeProvider clock,
    TrainingTelemetry telemetry,
    IOptions<LivenessOptions> liveness,
    StoreHealth store,
    ILogger<RunGrain> logger
) : Grain, IRunGrain
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    private readonly MonotonicClock _intervals = new(clock);
    private RunLife _life = null!;
    private RunTelemetry _telemetry = null!;
    private RunTrainers _trainers = null!;
    private RunDirectory _directory = null!; // null only where the key is not a run's id
    private RunLog _log = null!; // as the directory
    private RunOpening _opening = null!; // as the directory
    private RunEffects _effects = null!; // as the directory

    private string RunId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _life = new(RunId, liveness.Value);
        _telemetry = new(RunId, telemetry, clock);
        _trainers = new(RunId, GrainFactory, logger);
        // A key that would name a folder elsewhere is nobody's run; submitting it is refused.
        if (!MMOrleans.Runs.Folders.RunId.MayNameAFolder(RunId))
            return;
        _directory = directories.Open(RunId);
        _log = new(RunId, _directory, _telemetry, store, clock, logger);
        _opening = new(_directory, directories, dataCache, paths, _telemetry, _log, clock);
        _effects = new(
            this,
            _life,
            _directory,
            _log,
            _opening,
            _trainers,
            _telemetry,
            clock,
            _intervals,
            logger
        );
        try
        {
            if (_directory.Read() is not { } record)
                return;
            _log.Read();
            var isLed =
                LifeEvent.Found.MayBeLed(record)
                && await _trainers.Coordinator.IsLeadingAsync(cancellationToken);
            await _effects.PlayAsync(new LifeEvent.Found(record, isLed), cancellationToken);
        }
        catch
        {
            // An activation that fails is not deactivated: the folder would stay locked.
            _directory.Dispose();
            throw;
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _telemetry.Moves();
        _directory?.Dispose();
        return Task.CompletedTask;
    }

    public async Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken)
    {
        try
        {
            SubmissionCheck.RequireId(RunId);
            var specification = SubmissionCheck.Read(submission);
            return await AskAsync(new LifeEvent.Submitted(submission, specification), cancellationToken);
        }
        catch (FaultException fault)
        {
            return new("", fault.Fault);
        }
        finally
        {
            LeaveIfAbsent();
        }
    }

    public async Task<RunRehearsal> RehearseAsync(
        RunSubmission submission,
        CancellationToken cancellationToken
    )
    {
        try
        {
            SubmissionCheck.RequireId(RunId);
            var specification = SubmissionCheck.Read(submission);
            var opened = await _opening.OfSubmissionAsync(
                specification,
                submission.Settings,
                cancellationToken
            );
            return new(null, opened.Data.Available, [.. opened.Data.Counts]);
        }
        catch (FaultException fault)
        {
            return new(fault.Fault, [], []);
        }
        finally
        {
            LeaveIfAbsent();
        }
    }

    public async Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken)
    {
        Require();
        return await AskAsync(new LifeEvent.Resumed(resumption), cancellationToken);
    }

    public Task WakeAsync(CancellationToken cancellationToken) =>
        TellAsync(new LifeEvent.Woken(), cancellationToken);

    public async Task<bool> RestartAsync(
        string reason,
        Dispute? dispute,
        CancellationToken cancellationToken
    ) =>
        _life.State is not LifeState.Absent
        && (
            await _effects.PlayAsync(new LifeEvent.RestartAsked(reason, dispute), cancellationToken)
        ).IsAccepted;

    public async Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken)
    {
        Require();
        return await AskAsync(new LifeEvent.StopAsked(now, reason), cancellationToken);
    }

    public Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_log.Snapshot(Require()));

    public async Task<RunUpdate> WatchAsync(
        long cursor,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var isOver = Require().Record.Status.IsEnd();
        if (!isOver && !_log.Timeline.HasAfter(cursor))
        {
            var limit = patience < LongestPoll ? patience : LongestPoll;
            try
            {
                await _log.Timeline.More.WaitAsync(limit, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Nothing new: the answer says so.
            }
        }

        return _log.Timeline.After(cursor, Require().Record.Status, _log.Progress);
    }

    public async Task NoteProgressAsync(RunProgress progress, CancellationToken cancellationToken)
    {
        if (_life.Known is not (LifeState.Live or LifeState.Unled))
            return; // from a coordinator that has not heard of the end
        var effects = _life.Decide(LifeEvent.Progressed.Of(progress), _intervals.Moment);
        _log.Note(_life.Known, progress);
        foreach (var effect in effects)
            await _effects.CarryOutAsync(effect, cancellationToken);
        _log.Show(_life.Known);
    }

    public async Task<Fault?> RecordEpochAsync(EpochResult epoch, CancellationToken cancellationToken)
    {
        var known = _life.Known ?? throw new RunNotFoundException(RunId);
        try
        {
            _opening.Data ??= await _opening.OpenAsync(
                known.Specification,
                known.Settings,
                known.Record.DataManifestHash,
                CancellationToken.None // a call that times out must not throw away what was decoded
            );
        }
        catch (Exception exception) when (exception is FaultException || StorageFault.Is(exception))
        {
            LogUnchecked(exception, RunId, epoch.Epoch); // trainers have them; this silo has not
        }

        return _log.AddEpoch(_life, epoch, _opening.Data);
    }

    public Task RecordCheckpointAsync(CheckpointReport report, CancellationToken cancellationToken)
    {
        Require();
        _log.AddCheckpoint(_life, report);
        return Task.CompletedTask;
    }

    public Task RecordEventAsync(
        string kind,
        string message,
        Incident? incident,
        CancellationToken cancellationToken
    )
    {
        _log.Publish(new(kind, message, incident));
        return Task.CompletedTask;
    }

    public Task RecordEndAsync(RunEnd outcome, CancellationToken cancellationToken) =>
        TellAsync(new LifeEvent.CoordinatorEnded(outcome), cancellationToken);

    private Task TellAsync(LifeEvent happened, CancellationToken cancellationToken) =>
        _life.State is LifeState.Absent
            ? Task.CompletedTask
            : _effects.PlayAsync(happened, cancellationToken);

    private async Task<RunAnswer> AskAsync(LifeEvent asked, CancellationToken cancellationToken)
    {
        var answer = await _effects.PlayAsync(asked, cancellationToken);
        return answer.IsAccepted ? new(RunId, null) : new("", answer.Fault);
    }

    /// <exception cref="RunNotFoundException">There is no such run; the activation goes again, which a run's does not by itself.</exception>
    private LifeState.Known Require()
    {
        if (_life.Known is { } known)
            return known;
        LeaveIfAbsent();
        throw new RunNotFoundException(RunId);
    }

    private void LeaveIfAbsent()
    {
        if (_life.State is LifeState.Absent)
            DeactivateOnIdle();
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run}: cannot read its images here, so epoch {Epoch} is recorded without a check of the images it used"
    )]
    private partial void LogUnchecked(Exception exception, string run, int epoch);
}

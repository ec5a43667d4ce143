using System.Globalization;
using System.Text.Json;
using MMOrleans.Runs.Epochs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <inheritdoc cref="IRunGrain"/>
[KeepAlive]
internal sealed partial class RunGrain(
    RunDirectoryFactory books,
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
    private static readonly TimeSpan SuperviseEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeptAfterItsEnd = TimeSpan.FromMinutes(10);

    private readonly RunTimeline _timeline = new();
    private readonly Outage _storeOutage = new("the cluster's store");
    private readonly Outage _folderOutage = new("the run's folder");
    private RunDirectory _book = null!; // null only where the key is no run's id
    private RunRecord? _record;
    private RunSettings? _settings;
    private RunSpecification? _specification;
    private TrainingData? _data;
    private RunStatus _state = RunStatus.Queued;
    private RunProgress _progress = new();
    private DateTimeOffset? _begun; // null: nobody trains it, as far as this activation knows
    private long _since;
    private long _roundAtStart;
    private string _stopReason = "";
    private string? _trace; // of the client that submitted it, while it waits
    private bool _isAdopted;
    private bool _isAskedFor; // submitted, though perhaps not recorded yet: status is asked for meanwhile
    private RunTrainers _trainers = null!;
    private RestartPolicy _restarts = null!;
    private IGrainTimer? _limit;
    private IGrainTimer? _supervision;
    private IGrainTimer? _farewell;
    private StoredPruning? _pruning;
    private RunTelemetry _story = null!;
    private RunOpening _opening = null!; // as the book

    // Once trainers are asked for, a run is begun or it is not: a client that leaves in between must not leave half of it.
    private static CancellationToken NotToBeGivenUp => CancellationToken.None;

    private string RunId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _story = new(RunId, telemetry, clock);
        _trainers = new(RunId, GrainFactory, logger);
        _restarts = new(RunId, liveness.Value);
        // A key that would name a folder elsewhere is nobody's run; submitting it is refused.
        if (!MMOrleans.Runs.Folders.RunId.MayNameAFolder(RunId))
            return;
        _book = books.Open(RunId);
        _opening = new(_book, books, dataCache, paths, _story);
        try
        {
            if (_book.Read() is { } record)
                await TakeOverAsync(record, cancellationToken);
        }
        catch
        {
            // An activation that fails is not deactivated: the folder would stay locked.
            _book.Dispose();
            throw;
        }
    }

    /// <summary>The activation before this one died with its silo, and the run perhaps did not.</summary>
    private async Task TakeOverAsync(RunRecord record, CancellationToken cancellationToken)
    {
        Take(record);
        foreach (var row in _book.Epochs())
            _timeline.Add(row);
        if (IsQueued)
        {
            if (await IsHeldElsewhereAsync(cancellationToken))
                return;
            _book.Continue(record.Round, tensorBoard: false);
            _story.Waits(RunRecordChanges.QueuedAt(record));
            _story.Became(record);
            _progress = WhereItStands() with { Activity = record.WaitingFor ?? "" };
            Supervise();
        }
        else if (IsToGoOn && await Coordinator.IsLeadingAsync(cancellationToken))
        {
            if (await IsHeldElsewhereAsync(cancellationToken))
                await Coordinator.StopAsync(true, cancellationToken);
            else
                Adopt();
        }

        if (!IsToGoOn)
            LetGo();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _story.Moves();
        _book?.Dispose();
        return Task.CompletedTask;
    }

    public async Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken)
    {
        _isAskedFor = true;
        RunSpecification specification;
        try
        {
            SubmissionCheck.RequireId(RunId);
            specification = SubmissionCheck.Read(submission);
        }
        catch (FaultException fault)
        {
            _isAskedFor = false;
            if (_record is null)
                DeactivateOnIdle();
            return Refuse(fault.Fault);
        }

        if (_record is { } present)
            return present.SpecificationSha256 == SpecificationDocument.Hash(specification)
                ? new(RunId, null)
                : Refuse(
                    "MM3005",
                    $"run {RunId} exists with another configuration",
                    "choose another id, or another --name"
                );

        OpenedSubmission opened;
        try
        {
            opened = await _opening.OfSubmissionAsync(specification, submission.Settings, cancellationToken);
        }
        catch (FaultException fault)
        {
            return Refuse(fault.Fault);
        }

        _data = opened.Data;
        var (settings, fork) = (opened.Settings, opened.Fork);
        var record = RunRecordChanges.Submission(
            submission with
            {
                Settings = settings,
            },
            specification,
            _data,
            clock.GetUtcNow()
        );
        cancellationToken = NotToBeGivenUp;
        var allotment = await _trainers.AskAsync(
            settings.Wait > TimeSpan.Zero ? TrainerClaim.Queued : TrainerClaim.Once,
            settings,
            specification,
            record.Created,
            cancellationToken
        );
        if (allotment.Trainers.IsEmpty && settings.Wait <= TimeSpan.Zero)
            return Refuse(TooFew(allotment));

        try
        {
            await _book.CreateAsync(record, settings, cancellationToken);
            if (opened.Weights is { } weights)
                _book.Keep(weights);
            if (fork is not null)
                record = Adopt(fork, record, submission.Specification);
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is FaultException)
        {
            var fault = exception as FaultException ?? StorageFault.CannotWrite(_book.Path, exception);
            await _trainers.ReleaseAsync(cancellationToken);
            if (_book.IsHeld)
                _book.Delete(); // begun here, and refused after all
            return Refuse(fault.Fault);
        }

        Take(record, settings);
        if (allotment.Trainers.IsEmpty)
        {
            _trace = submission.Trace;
            Wait(allotment);
            return new(RunId, null);
        }

        await StartAsync(
            allotment,
            fork?.Checkpoint.Name,
            fork?.Manifest.Epoch ?? 0,
            fork?.Manifest.Round ?? 0,
            submission.Trace,
            cancellationToken,
            forked: fork?.Name
        );
        return new(RunId, null);
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
            if (_record is null && !_isAskedFor)
                DeactivateOnIdle();
        }
    }

    public async Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken)
    {
        if (_record is null || _settings is null || _specification is null)
            throw new RunNotFoundException(RunId);
        if (_book.IsHeld && (IsLive || IsQueued))
            return new(RunId, null);
        if (_specification.Classifier is { } computed)
            return Refuse(
                "MM1005",
                $"{RunId} is a {computed.Kind} classifier, computed from another run's features: there is nothing to go on training",
                $"compute it anew with: mm finetune RUN --method {_specification.Method.Name}"
            );
        try
        {
            await _book.HoldAsync(cancellationToken);
            ReadAnew();
            return await GoOnAsync(resumption, null, cancellationToken);
        }
        catch (FaultException fault)
        {
            return Refuse(fault.Fault);
        }
        finally
        {
            if (!IsLive && !IsQueued)
                _book.Dispose();
        }
    }

    /// <summary>Another process may have gone on with the run since this one last did.</summary>
    private void ReadAnew()
    {
        Take(_book.Read() ?? throw new RunNotFoundException(RunId));
        foreach (var row in _book.Epochs().Where(row => _timeline.Epochs.All(e => e.Epoch != row.Epoch)))
            _timeline.Add(row);
    }

    /// <summary>Makes another run's past this one's own.</summary>
    private RunRecord Adopt(RunFork fork, RunRecord record, string specification)
    {
        var rows = _book.Adopt(fork, specification, _data!);
        foreach (var row in rows)
            _timeline.Add(row);
        return RunRecordChanges.Fork(record, fork, rows);
    }

    /// <summary>Starts from a checkpoint, or from the beginning where there is none.</summary>
    private async Task<RunAnswer> GoOnAsync(
        RunResumption resumption,
        string? reason,
        CancellationToken cancellationToken,
        Dispute? dispute = null
    )
    {
        var settings = _settings! with
        {
            MinTrainers = resumption.MinTrainers ?? _settings!.MinTrainers,
            MaxTrainers = resumption.MaxTrainers ?? _settings!.MaxTrainers,
            DataPath = resumption.DataPath ?? _settings!.DataPath,
            RoundLimit = reason is null && !IsQueued ? null : _settings!.RoundLimit,
        };
        OpenedResumption opened;
        try
        {
            opened = await _opening.OfResumptionAsync(
                _record!,
                _specification!,
                settings,
                resumption.Checkpoint,
                cancellationToken
            );
        }
        catch (FaultException fault)
        {
            return Refuse(fault.Fault);
        }

        _data = opened.Data;
        var claim =
            reason is not null ? TrainerClaim.Begun
            : resumption.Wait > TimeSpan.Zero ? TrainerClaim.Queued
            : TrainerClaim.Once;
        cancellationToken = NotToBeGivenUp;
        var now = clock.GetUtcNow();
        var allotment = await _trainers.AskAsync(claim, settings, _specification!, now, cancellationToken);
        if (allotment.Trainers.IsEmpty)
        {
            if (claim != TrainerClaim.Queued)
                return Refuse(TooFew(allotment));
            settings = settings with { Wait = resumption.Wait };
            Take(RunRecordChanges.Queue(_record!, settings, resumption.Checkpoint, now), settings);
            (_trace, _stopReason, _progress) = (resumption.Trace, "", WhereItStands());
            Change(RunStatus.Queued);
            Wait(allotment);
            return new(RunId, null);
        }

        Take(RunRecordChanges.Revival(_record!), settings);
        await StartAsync(
            allotment,
            opened.From?.Name,
            opened.From?.Manifest?.Epoch ?? 0,
            opened.From?.Manifest?.Round ?? 0,
            resumption.Trace,
            cancellationToken,
            reason,
            dispute: dispute
        );
        foreach (var (name, damage) in opened.PassedOver)
            Publish(RunEvents.PassedOver(name, damage));
        return new(RunId, null);
    }

    public async Task WakeAsync(CancellationToken cancellationToken)
    {
        if (_record is null || !IsToGoOn || IsLive)
            return;
        if (IsQueued)
        {
            Supervise();
            return;
        }

        if (await IsHeldElsewhereAsync(cancellationToken))
            return;
        LogWoken(RunId);
        await RestartAsync("every process that knew it had ended", null, cancellationToken);
        Supervise(); // what could not be done at once
    }

    public async Task<bool> RestartAsync(string reason, Dispute? dispute, CancellationToken cancellationToken)
    {
        if (_record is null || !IsToGoOn || await IsHeldElsewhereAsync(cancellationToken))
            return false;
        var decision = _restarts.Decide(reason, dispute, _state == RunStatus.Stopping, clock.GetUtcNow());
        switch (decision.Choice)
        {
            case RestartChoice.Leave:
                return true;
            case RestartChoice.Stop:
                await RecordEndAsync(new(RunStatus.Stopped, _record.Round, null, null), cancellationToken);
                return false;
            case RestartChoice.Fail:
                await FailAsync(decision.Fault!, cancellationToken);
                return false;
        }

        var answer = await GoOnAsync(new(RunId, null, null, null, null), reason, cancellationToken, dispute);
        if (_restarts.Tried(reason, dispute, answer.Fault, clock.GetUtcNow()) is not { } fault)
            return true;
        await FailAsync(fault, cancellationToken);
        return false;
    }

    public async Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        if (IsQueued && _book.IsHeld)
        {
            _stopReason = reason;
            await RecordEndAsync(new(RunStatus.Stopped, _record.Round, null, null), cancellationToken);
        }

        if (_record.Status.IsEnd() || !IsLive)
            return new(RunId, null);
        if (_state != RunStatus.Stopping)
        {
            _stopReason = reason;
            LogAskedToStop(RunId, reason);
            Change(RunStatus.Stopping);
        }

        await GrainFactory.GetGrain<ICoordinatorGrain>(RunId).StopAsync(now, cancellationToken);
        return new(RunId, null);
    }

    public Task<RunSnapshot> GetStatusAsync(CancellationToken cancellationToken)
    {
        if (_record is null || _settings is null)
            throw Nobody();
        return Task.FromResult(
            new RunSnapshot
            {
                RunId = RunId,
                State = _state,
                Settings = _settings,
                Specification = SpecificationDocument.Write(_specification!),
                Folder = _book.Path,
                ClassCounts = [.. _record.ClassCounts],
                ClassNames = [.. _record.ClassNames],
                Progress = _progress,
                Epochs = _timeline.Epochs,
                StateSha256 = _record.StateSha256,
                LastCheckpoint = _record.LastCheckpoint,
                Fault = _record.Error,
                Created = _record.Created,
                StopReason = _stopReason,
            }
        );
    }

    public async Task<RunUpdate> WatchAsync(
        long cursor,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        if (_record is null)
            throw Nobody();
        if (!_timeline.HasAfter(cursor) && !_record.Status.IsEnd())
        {
            var limit = patience < LongestPoll ? patience : LongestPoll;
            try
            {
                await _timeline.More.WaitAsync(limit, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Nothing new: the answer says so.
            }
        }

        return _timeline.After(cursor, _state, _progress);
    }

    public Task NoteProgressAsync(RunProgress progress, CancellationToken cancellationToken)
    {
        if (!IsToGoOn)
            return Task.CompletedTask; // from a coordinator that has not heard of the end
        if (
            progress.Trainers.Any(t =>
                t.Stage is TrainerStage.Training or TrainerStage.Paused or TrainerStage.Done
            )
        )
            _restarts.Heard(clock.GetUtcNow());
        if (_isAdopted)
            (_roundAtStart, _isAdopted) = (progress.Round, false);
        var done = progress.Round - _roundAtStart;
        _progress = progress with
        {
            Elapsed = clock.GetUtcNow() - (_begun ?? clock.GetUtcNow()),
            Left = done > 0 ? clock.GetElapsedTime(_since) / done * (progress.Rounds - progress.Round) : null,
        };
        if (_state == RunStatus.Starting && progress.Round > _roundAtStart)
        {
            Change(RunStatus.Running);
            AppendEvent(
                "running",
                "the first round is done",
                new RunBegan(clock.GetElapsedTime(_since).TotalSeconds).ToFields()
            );
        }

        if (_record is not null)
            _story.Moved(_record, _settings!, _progress, _timeline.Epochs);
        _timeline.Touch();
        return Task.CompletedTask;
    }

    public async Task RecordEpochAsync(EpochResult epoch, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        _data ??= await _opening.OpenAsync(
            _specification!,
            _settings!,
            _record.DataManifestHash,
            NotToBeGivenUp // a call that times out must not throw away what was decoded
        );
        var draws = _data.DrawsOf(_specification!);
        var expected = draws.SumOf(
            epoch.Epoch - 1,
            new RunPlan(_specification!, draws.PerEpoch).UsedDraws,
            _data.Subset
        );
        if (epoch.SampleSum != expected && _settings!.RoundLimit is null)
            Publish(RunEvents.WrongImages(epoch, expected));
        if (!_book.Add(epoch.Kept()).SameNumbersAs(epoch))
        {
            Publish(RunEvents.TwoResults(epoch.Epoch));
            return;
        }

        if (_timeline.Epochs.Any(e => e.Epoch == epoch.Epoch))
            return;
        Publish(RunEvents.Phase(_timeline.Epochs.LastOrDefault()?.Phase, epoch));
        _timeline.Add(epoch);
        _story.Moved(_record, _settings!, _progress, _timeline.Epochs);
        Save(RunRecordChanges.Epoch(_record, epoch));
        _book.Add(
            new(clock.GetUtcNow(), "epoch", $"epoch {epoch.Epoch}", epoch.Epoch, epoch.Round),
            new Dictionary<string, JsonElement>([TrainerShare.ToField(TrainerShares.Of(_progress))]),
            $"epoch-{epoch.Epoch}"
        );
        SeeStores(); // the disk may have refused it
    }

    public Task RecordCheckpointAsync(CheckpointReport report, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        Publish(RunEvents.Checkpoint(report));
        if (report.Fault is not null)
            return Task.CompletedTask;
        Save(_record with { LastCheckpoint = report.Name });
        _story.Saved(report.Round);
        var policy = _settings!.Checkpoints;
        var values = _book.Epochs().ToDictionary(e => e.Epoch, e => e[policy.BestMetric]);
        var retention = new CheckpointRetention(
            policy.KeepLast,
            policy.KeepBest,
            policy.BestIsGreatest,
            policy.KeepEpoch > 0 ? CheckpointName.OfEpoch(policy.KeepEpoch) : null
        );
        double? Value(CheckpointManifest m) => m.RoundOfEpoch == 0 ? values.GetValueOrDefault(m.Epoch) : null;
        try
        {
            _book.Checkpoints.Prune(retention, Value, clock);
            if (_book.Stored(_settings!) is { } stored)
                (_pruning ??= new(RunId, clock, logger)).Begin(stored, retention, Value);
        }
        catch (FaultException unwritable)
        {
            Publish(new("warning", $"{unwritable.Code} {unwritable.Message}"));
        }

        return Task.CompletedTask;
    }

    public Task RecordEventAsync(
        string kind,
        string message,
        Incident? incident,
        CancellationToken cancellationToken
    )
    {
        Publish(new(kind, message, incident));
        return Task.CompletedTask;
    }

    public async Task RecordEndAsync(RunEnd outcome, CancellationToken cancellationToken)
    {
        if (_record is null || _record.Status.IsEnd())
            return;
        _limit?.Dispose();
        (_limit, _begun) = (null, null);
        _restarts.Forget();
        _progress = RunProgressSummary.End(_progress, outcome.Round, _record.Rounds, _record.Epochs);
        Publish(RunEvents.End(outcome));
        Save(RunRecordChanges.End(_record, outcome, _stopReason, clock.GetUtcNow()));
        Change(outcome.State);
        LogEnded(RunId, outcome.State, outcome.Round);
        _story.Ended(_record, _settings!);
        LetGo();
        await _trainers.ReleaseAsync(cancellationToken);
    }

    /// <summary>Whether a process that is not of this cluster writes into the run's folder. Then this activation knows nothing of the run any more.</summary>
    private async Task<bool> IsHeldElsewhereAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _book.HoldAsync(cancellationToken);
            return false;
        }
        catch (FaultException fault) when (fault.Code == WriterHold.Code)
        {
            LogHeldElsewhere(RunId, fault.Code, fault.Message);
            DeactivateOnIdle();
            return true;
        }
    }

    private ICoordinatorGrain Coordinator => GrainFactory.GetGrain<ICoordinatorGrain>(RunId);

    private bool IsToGoOn => _record is not null && !_record.Status.IsEnd();

    /// <summary>Accepted, and not begun: it waits for its trainers.</summary>
    private bool IsQueued => _record is { Status: RunStatus.Queued };

    // A record that says running may be a dead process's: only what a coordinator leads is alive.
    private bool IsLive => _begun is not null && IsToGoOn;

    /// <summary>What is known of a run's progress before any trainer has told of it.</summary>
    private RunProgress WhereItStands() =>
        RunProgressSummary.End(new(), _record!.Round, _record.Rounds, _record.Epochs);

    /// <summary>Takes the run over as it goes.</summary>
    private void Adopt()
    {
        _book.Continue(_record!.Round, _settings!.TensorBoard);
        var newest = _book.Checkpoints.List() is [var entry, ..] ? entry.Manifest : null;
        _story.Adopted(_settings, newest?.Written ?? _record.Begun ?? clock.GetUtcNow(), newest?.Round ?? 0);
        _story.Became(_record);
        // Until a beat says more: what happens now did not happen in round 0.
        _progress = _progress with
        {
            Epoch = Math.Min(_record.Epoch + 1, _record.Epochs),
            Round = _record.Round,
        };
        (_begun, _since, _isAdopted) = (_record.Begun ?? clock.GetUtcNow(), clock.GetTimestamp(), true);
        Limit();
        Supervise();
        LogAdopted(RunId);
    }

    private void Limit()
    {
        if (_settings!.MaxTime is not { } limit || _begun is not { } begun)
            return;
        _limit?.Dispose();
        var left = begun + limit - clock.GetUtcNow();
        _limit = this.RegisterGrainTimer(
            async stop => await StopAsync(false, "max_time", stop),
            new GrainTimerCreationOptions(
                left > TimeSpan.Zero ? left : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan
            )
        );
    }

    private void Supervise() =>
        _supervision ??= this.RegisterGrainTimer(
            SuperviseAsync,
            new GrainTimerCreationOptions(SuperviseEvery, SuperviseEvery) { KeepAlive = true }
        );

    /// <summary>Sees that somebody leads the run, and brings trainers in that have become free or come back.</summary>
    private async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        _book.CatchUp();
        SeeStores();
        if (!IsToGoOn)
        {
            LetGo();
            return;
        }

        try
        {
            if (IsQueued)
            {
                await TryToBeginAsync(cancellationToken);
                return;
            }

            if (!await Coordinator.IsLeadingAsync(cancellationToken))
            {
                await RestartAsync("nobody leads it", null, cancellationToken);
                return;
            }

            if (_state is not (RunStatus.Starting or RunStatus.Running))
                return;
            var allotment = await _trainers.AskAsync(
                TrainerClaim.Begun,
                _settings!,
                _specification!,
                _record!.Created,
                cancellationToken
            );
            var here = _progress.Trainers.Select(t => t.Trainer).ToHashSet();
            foreach (var trainer in allotment.Trainers.Where(t => !here.Contains(t.Trainer)))
                await BringInAsync(trainer, cancellationToken);
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            LogUntended(exception, RunId);
        }
    }

    private static Fault TooFew(Allotment allotment, string after = "") =>
        new(
            "MM3002",
            (allotment with { Reason = allotment.Reason + after }).Words,
            $"--trainers {Math.Max(1, allotment.Free)}, or wait with --wait 10m"
        );

    /// <summary>Waits for its turn; says so when what it waits for is new.</summary>
    private void Wait(Allotment allotment)
    {
        _story.Waits(RunRecordChanges.QueuedAt(_record!));
        Supervise();
        if (allotment.Words == _record!.WaitingFor)
            return;
        _book.Continue(_record.Round, tensorBoard: false);
        _progress = _progress with { Activity = allotment.Words };
        Save(_record with { WaitingFor = allotment.Words });
        Publish(RunEvents.Wait(_settings!.Wait, allotment));
        _story.Became(_record);
    }

    /// <summary>Asks for its trainers once more.</summary>
    private async Task TryToBeginAsync(CancellationToken cancellationToken)
    {
        var (record, settings) = (_record!, _settings!);
        var allotment = await _trainers.AskAsync(
            TrainerClaim.Queued,
            settings,
            _specification!,
            RunRecordChanges.QueuedAt(record),
            cancellationToken
        );
        if (!IsQueued)
            return; // stopped meanwhile
        if (!allotment.Trainers.IsEmpty)
        {
            var answer = await GoOnAsync(
                new(RunId, record.ResumeFrom, null, null, null, _trace),
                null,
                cancellationToken
            );
            if (answer.Fault is { } fault)
                await FailAsync(fault, cancellationToken);
        }
        else if (clock.GetUtcNow() - RunRecordChanges.QueuedAt(record) >= settings.Wait)
            await FailAsync(TooFew(allotment, $" after {settings.Wait.TotalSeconds:0} s"), cancellationToken);
        else
            Wait(allotment);
    }

    private async Task BringInAsync(TrainerDescription trainer, CancellationToken cancellationToken)
    {
        var isNew = _record!.Trainers.All(t => t.Trainer != trainer.Trainer);
        await _trainers.BringInAsync(
            trainer,
            isStarting: _state == RunStatus.Starting,
            () => Assignment(_record.Attempt ?? "", null),
            cancellationToken
        );
        if (!isNew)
            return;
        Save(_record with { Trainers = [.. _record.Trainers, new(trainer.Trainer, trainer.Device)] });
        Publish(RunEvents.Join(trainer));
    }

    /// <summary>Tells of stores that went, or came back.</summary>
    private void SeeStores()
    {
        var now = clock.GetUtcNow();
        Tell(_storeOutage.See(store.Fault, now, _progress.Round));
        Tell(_folderOutage.See(_book.Refused, now, _progress.Round));

        void Tell((string Message, Incident Incident)? news)
        {
            if (news is var (message, incident))
                Publish(new("warning", message, incident));
        }
    }

    /// <summary>The run is over: nothing is written any more, but for what the disk still refuses.</summary>
    private void LetGo()
    {
        if (!_book.CatchUp())
        {
            Supervise(); // tries again
            return;
        }

        _supervision?.Dispose();
        _supervision = null;
        _book.Dispose();
        _data = null;
        // A silo does not keep every run it ever saw; the folder has all of it for the next one who asks.
        _farewell ??= this.RegisterGrainTimer(
            () =>
            {
                if (!IsToGoOn)
                    DeactivateOnIdle();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(KeptAfterItsEnd, KeptAfterItsEnd)
        );
    }

    private TrainerAssignment Assignment(string attempt, string? checkpoint) =>
        new(
            RunId,
            SpecificationDocument.Write(_specification!),
            _settings!,
            _book.Path,
            checkpoint,
            _record!.DataManifestHash!,
            Trace: _story.Trace,
            Attempt: attempt
        );

    private async Task FailAsync(Fault fault, CancellationToken cancellationToken) =>
        await RecordEndAsync(new(RunStatus.Failed, _progress.Round, null, fault), cancellationToken);

    private async Task StartAsync(
        Allotment allotment,
        string? checkpoint,
        int epoch,
        long round,
        string? trace,
        CancellationToken cancellationToken,
        string? reason = null,
        string? forked = null,
        Dispute? dispute = null
    )
    {
        var (specification, settings, data) = (_specification!, _settings!, _data!);
        var started = clock.GetUtcNow();
        var (isFirst, reached) = (_record!.Started is null, Math.Max(_record.Round, _progress.Round));
        var attempt = started.ToString("O", CultureInfo.InvariantCulture);
        _stopReason = "";
        Save(
            RunRecordChanges.Start(
                _record,
                settings,
                allotment.Trainers,
                attempt,
                isRestart: reason is not null,
                started
            )
        );
        _book.Open(epoch, round, settings.TensorBoard);
        (_begun, _since, _roundAtStart, _isAdopted) = (_record.Begun, clock.GetTimestamp(), round, false);
        Supervise(); // also where the coordinator does not answer: it is asked again
        _story.Started(specification, settings, data, allotment.Trainers.Length, round, trace);
        Change(RunStatus.Starting);
        Publish(
            RunEvents.Start(
                allotment.Trainers,
                checkpoint,
                forked,
                reason,
                isFirst
                    ? null
                    : new(checkpoint, round, reached, reason, _restarts.Waited(started).TotalSeconds)
            )
        );
        Publish(RunEvents.LeftOut(data.Inventory.Damaged));
        if (isFirst)
            Publish(RunEvents.NoImages(data.Inventory.PassedOver));
        var plan = new RunPlan(specification, Samplers.Create(specification, data.Labels).DrawsPerEpoch);
        await Coordinator.StartAsync(
            new(
                [.. allotment.Trainers.Select(t => t.Trainer)],
                specification.Slots,
                reason is null ? settings.MinTrainers : 1,
                Math.Min(plan.Rounds, settings.RoundLimit ?? long.MaxValue),
                attempt,
                dispute
            ),
            cancellationToken
        );
        await _trainers.SendAsync(
            allotment.Trainers,
            Assignment(attempt, checkpoint) with
            {
                WitnessRound = dispute?.Round,
            },
            cancellationToken
        );
        Limit();
    }

    /// <summary>Takes a record as the folder has it.</summary>
    private void Take(RunRecord record)
    {
        Take(record, record.SettingsOrDefaults);
        _state = record.Status;
    }

    private void Take(RunRecord record, RunSettings settings)
    {
        (_record, _settings) = (record, settings);
        _specification = SpecificationDocument.Read(record.Specification.GetRawText());
    }

    private void Save(RunRecord record)
    {
        _record = record;
        _book.Write(record);
    }

    private void Change(RunStatus state)
    {
        _state = state;
        Save(_record! with { Status = state });
        _story.Became(_record!);
        _timeline.Touch();
    }

    private void Publish(RunNews? news)
    {
        if (news is not null)
            _timeline.Add(AppendEvent(news.Kind, news.Message, news.Incident?.ToFields()));
    }

    /// <summary>For whoever looks into the folder; watchers are not told.</summary>
    private RunEvent AppendEvent(
        string kind,
        string message,
        IReadOnlyDictionary<string, JsonElement>? fields
    )
    {
        var happened = new RunEvent(clock.GetUtcNow(), kind, message, _progress.Epoch, _progress.Round);
        _book.Add(happened, fields);
        return happened;
    }

    /// <summary>Whoever asks for a run that is not there leaves nothing behind: activations of runs stay otherwise.</summary>
    private RunNotFoundException Nobody()
    {
        if (!_isAskedFor)
            DeactivateOnIdle();
        return new(RunId);
    }

    private static RunAnswer Refuse(string code, string message, string fix) =>
        Refuse(new(code, message, fix));

    private static RunAnswer Refuse(Fault fault) => new("", fault);

    [LoggerMessage(LogLevel.Information, "Run {Run} goes on here; the silo that kept it is gone")]
    private partial void LogAdopted(string run);

    [LoggerMessage(LogLevel.Information, "Run {Run} was going when the cluster ended; it goes on")]
    private partial void LogWoken(string run);

    // Not the word that has a line written into the run's own log: that folder is another's.
    [LoggerMessage(LogLevel.Warning, "{Id} is left alone: {Code} {Reason}")]
    private partial void LogHeldElsewhere(string id, string code, string reason);

    [LoggerMessage(LogLevel.Information, "Run {Run} is asked to stop: {Reason}")]
    private partial void LogAskedToStop(string run, string reason);

    [LoggerMessage(LogLevel.Debug, "Run {Run} could not be looked after; trying again")]
    private partial void LogUntended(Exception exception, string run);

    [LoggerMessage(LogLevel.Information, "Run {Run} {State} after {Round} rounds")]
    private partial void LogEnded(string run, RunStatus state, long round);
}

using System.Globalization;
using System.Reflection;
using System.Text.Json;
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
using MMOrleans.Learning;
using MMOrleans.Learning.Checkpoints;
using MMOrleans.Learning.Incidents;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Schedules;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Grains.Runs;

/// <inheritdoc cref="IRunGrain"/>
[KeepAlive]
internal sealed partial class RunGrain(
    RunBookFactory books,
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
    private static readonly TimeSpan TendEvery = TimeSpan.FromSeconds(2);

    private readonly RunTimeline _timeline = new();
    private readonly Outage _storeOutage = new("the cluster's store");
    private readonly Outage _folderOutage = new("the run's folder");
    private RunBook _book = null!; // null only where the key is no run's id
    private RunRecord? _record;
    private RunSettings? _settings;
    private RunSpecification? _specification;
    private TrainingData? _data;
    private RunState _state = RunState.Queued;
    private RunProgress _progress = new();
    private DateTimeOffset? _begun; // null: nobody trains it, as far as this activation knows
    private long _since;
    private long _roundAtStart;
    private string _stopReason = "";
    private string? _trace; // of the client that submitted it, while it waits
    private bool _isAdopted;
    private bool _isAskedFor; // submitted, though perhaps not recorded yet: status is asked for meanwhile
    private TrainerAssignment? _assignment;
    private RestartPolicy _restarts = null!;
    private IGrainTimer? _limit;
    private IGrainTimer? _tending;
    private StoredPruning? _pruning;
    private RunStory _story = null!;

    private string RunId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _story = new(RunId, telemetry, clock);
        _restarts = new(RunId, liveness.Value);
        // A key that would name a folder elsewhere is nobody's run; submitting it is refused.
        if (!Learning.RunFolders.RunId.MayNameAFolder(RunId))
            return;
        _book = books.Open(RunId);
        if (_book.Read() is { } record)
        {
            Take(record, RunBook.Settings(record));
            _state = Enum.TryParse<RunState>(record.Status, ignoreCase: true, out var state)
                ? state
                : RunState.Failed;
            foreach (var row in _book.Epochs())
                _timeline.Add(EpochRows.Of(row));
            // The activation before this one died with its silo, and the run did not.
            if (IsQueued)
            {
                _book.Continue(record.Round, tensorBoard: false);
                _story.Waits(record.Created);
                _story.Became(record);
                _progress = _progress with { Activity = record.WaitingFor ?? "" };
                Tend();
            }
            else if (IsToGoOn && await Coordinator.IsLeadingAsync(cancellationToken))
                Adopt();
        }
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
        catch (LearningFault fault)
        {
            _isAskedFor = false;
            if (_record is null)
                DeactivateOnIdle();
            return Refuse(fault.Code, fault.Message, fault.Fix);
        }

        if (_record is { } present)
            return present.SpecificationSha256 == SpecificationDocument.Hash(specification)
                ? new(RunId, null)
                : Refuse(
                    "MM3005",
                    $"run {RunId} exists with another configuration",
                    "choose another id, or another --name"
                );

        if (specification.Classifier is { } computed)
            return Refuse(
                "MM1005",
                $"a {computed.Kind} classifier is computed from another run's features, there is nothing to train",
                $"mm finetune RUN --method {specification.Method.Name}"
            );
        RunFork? fork = null;
        InitialWeights? weights;
        RunSettings settings;
        try
        {
            settings = _book.Settle(submission.Settings);
            if (_book.Stored(settings) is { } place)
                await place.CheckAsync(cancellationToken);
            await books.FetchAsync(settings.InitFrom, cancellationToken);
            await books.FetchAsync(settings.Parent, cancellationToken);
            await OpenDataAsync(specification, submission.Settings);
            weights = StartingWeights.Find(specification, submission.Settings.InitFrom, _data!, books, paths);
            if (submission.Settings.Parent is { } from)
                fork = RunFork.Find(from, specification, _data!.ManifestHash, books);
        }
        catch (LearningFault fault)
        {
            return Refuse(fault.Code, fault.Message, fault.Fix);
        }

        var record = NewRecord(specification, submission with { Settings = settings });
        var allotment = await AllotAsync(
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
            _book.Create(record, settings);
            if (weights is not null)
                _book.Keep(weights);
            if (fork is not null)
                record = Adopt(fork, record, submission.Specification);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            var fault = StorageFault.CannotWrite(_book.Path, exception);
            await GrainFactory.GetGrain<IClusterGrain>(0).ReleaseAsync(RunId, cancellationToken);
            return Refuse(fault.Code, fault.Message, fault.Fix);
        }
        catch (LearningFault fault)
        {
            await GrainFactory.GetGrain<IClusterGrain>(0).ReleaseAsync(RunId, cancellationToken);
            return Refuse(fault.Code, fault.Message, fault.Fix);
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

    public async Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken)
    {
        if (_record is null || _settings is null || _specification is null)
            throw new RunNotFoundException(RunId);
        if (IsLive || IsQueued)
            return new(RunId, null);
        return await GoOnAsync(resumption, null, cancellationToken);
    }

    /// <summary>Makes another run's past this one's own.</summary>
    private RunRecord Adopt(RunFork fork, RunRecord record, string specification)
    {
        var rows = _book.Adopt(fork, specification, _data!);
        foreach (var row in rows)
            _timeline.Add(EpochRows.Of(row));
        return record with
        {
            Epoch = fork.Manifest.Epoch,
            Round = fork.Manifest.Round,
            Last = rows is [.., var last] ? last : null,
            Best = rows.Where(row => row.Accuracy is not null).MaxBy(row => row.Accuracy),
        };
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
        CheckpointEntry? from;
        IReadOnlyList<CheckpointEntry> damaged = [];
        IReadOnlyList<(string Name, string Damage)> damagedInStore = [];
        try
        {
            await OpenDataAsync(_specification!, settings);
            var stored = _book.Stored(settings);
            if (resumption.Checkpoint is { } name)
            {
                await (stored?.FetchAsync(name, cancellationToken) ?? Task.CompletedTask);
                from = _book.Checkpoints.FindIntact(name);
            }
            else
            {
                if (stored is not null)
                    damagedInStore = await stored.FetchNewestAsync(cancellationToken);
                from = _book.Checkpoints.NewestIntact(out damaged);
            }

            _story.Verified(from?.Manifest?.Bytes(), damaged.Count);
            if (from is not null)
                CheckpointFit.Check(from.Name, from.Manifest!, _specification!, _data!.Counts.Count);
        }
        catch (LearningFault fault)
        {
            return Refuse(fault.Code, fault.Message, fault.Fix);
        }

        if (_data!.ManifestHash != _record!.DataManifestHash)
            return Refuse(
                "MM2002",
                $"the images at {settings.DataPath ?? "the data cache"} have manifest {_data.ManifestHash[..12]}, the run began with {_record.DataManifestHash?[..12]}",
                "point --data-dir at the images that the run began with"
            );
        var allotment = await AllotAsync(
            reason is null ? TrainerClaim.Once : TrainerClaim.Begun,
            reason is null ? settings : settings with { MinTrainers = 1 },
            _specification!,
            clock.GetUtcNow(),
            cancellationToken
        );
        if (allotment.Trainers.IsEmpty)
            return Refuse(TooFew(allotment));

        Take(_record with { Error = null, StopReason = "", StateSha256 = null, Ended = null }, settings);
        var manifest = from?.Manifest;
        await StartAsync(
            allotment,
            from?.Name,
            manifest?.Epoch ?? 0,
            manifest?.Round ?? 0,
            resumption.Trace,
            cancellationToken,
            reason,
            dispute: dispute
        );
        foreach (
            var (name, damage) in damaged
                .Select(entry => (entry.Name, entry.Damage() ?? "damaged"))
                .Concat(damagedInStore)
        )
            Note(
                "warning",
                $"MM5001 checkpoint {name} is passed over: {damage}",
                new CheckpointPassedOver(name, damage)
            );

        return new(RunId, null);
    }

    public async Task WakeAsync(CancellationToken cancellationToken)
    {
        if (_record is null || !IsToGoOn || IsLive)
            return;
        if (IsQueued)
        {
            Tend();
            return;
        }

        LogWoken(RunId);
        await RestartAsync("every process that knew it had ended", null, cancellationToken);
        Tend(); // what could not be done at once
    }

    public async Task<bool> RestartAsync(string reason, Dispute? dispute, CancellationToken cancellationToken)
    {
        if (_record is null || !IsToGoOn)
            return false;
        var decision = _restarts.Decide(reason, dispute, _state == RunState.Stopping, clock.GetUtcNow());
        switch (decision.Choice)
        {
            case RestartChoice.Leave:
                return true;
            case RestartChoice.Stop:
                await RecordEndAsync(new(RunState.Stopped, _record.Round, null, null), cancellationToken);
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
        if (IsQueued)
        {
            _stopReason = reason;
            await RecordEndAsync(new(RunState.Stopped, _record.Round, null, null), cancellationToken);
        }

        if (RunStatusName.IsEnd(_record.Status) || !IsLive)
            return new(RunId, null);
        if (_state != RunState.Stopping)
        {
            _stopReason = reason;
            Change(RunState.Stopping);
        }

        await GrainFactory.GetGrain<ICoordinatorGrain>(RunId).StopAsync(now, cancellationToken);
        return new(RunId, null);
    }

    public Task<RunStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        if (_record is null || _settings is null)
            throw Nobody();
        return Task.FromResult(
            new RunStatus
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
                Fault = _record.Error is { } error ? new(error.Code, error.Message, error.Fix) : null,
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
        if (!_timeline.HasAfter(cursor) && !RunStatusName.IsEnd(_record.Status))
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
        if (progress.Trainers.Any(t => t.State is "ok" or "paused" or "done"))
            _restarts.Heard(clock.GetUtcNow());
        if (_isAdopted)
            (_roundAtStart, _isAdopted) = (progress.Round, false);
        var done = progress.Round - _roundAtStart;
        _progress = progress with
        {
            Elapsed = clock.GetUtcNow() - (_begun ?? clock.GetUtcNow()),
            Left = done > 0 ? clock.GetElapsedTime(_since) / done * (progress.Rounds - progress.Round) : null,
        };
        if (_state == RunState.Starting && progress.Round > _roundAtStart)
        {
            Change(RunState.Running);
            Jot(
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

    public async Task RecordEpochAsync(EpochMetrics metrics, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        if (_data is null)
            await OpenDataAsync(_specification!, _settings!);
        var draws = _data!.DrawsOf(_specification!);
        var expected = draws.SumOf(
            metrics.Epoch - 1,
            new RunPlan(_specification!, draws.PerEpoch).UsedDraws,
            _data.Subset
        );
        if (metrics.SampleSum != expected && _settings!.RoundLimit is null)
            Note(
                "error",
                $"MM9099 epoch {metrics.Epoch} used images with the sum {metrics.SampleSum:x16}, its samplers say {expected:x16}: an image was missed or repeated"
            );
        var row = EpochRows.Of(metrics);
        var standing = _book.Add(row);
        if (!standing.SameNumbersAs(row))
        {
            Note("error", $"MM4004 epoch {metrics.Epoch} was reported twice with different numbers");
            return;
        }

        if (_timeline.Epochs.Any(e => e.Epoch == metrics.Epoch))
            return;
        if (PhaseChange(_timeline.Epochs.LastOrDefault()?.Phase, metrics) is { } change)
            Note("phase", change);
        _timeline.Add(metrics);
        _story.Moved(_record, _settings!, _progress, _timeline.Epochs);
        var best = _record.Best is { } b && b.Accuracy >= (row.Accuracy ?? 0) ? b : row;
        Save(
            _record with
            {
                Last = row,
                Best = row.Accuracy is null ? _record.Best : best,
                Epoch = metrics.Epoch,
                Round = metrics.Round,
                ClassAccuracy = metrics.PerClass.IsEmpty ? _record.ClassAccuracy : metrics.PerClass,
                Confusion = metrics.Confusion.IsEmpty ? _record.Confusion : metrics.Confusion,
                Calibration = EpochRows.Calibration(metrics) ?? _record.Calibration,
                Margins = EpochRows.Margins(metrics) ?? _record.Margins,
                MarginsBefore =
                    (metrics.Phase == "main" ? EpochRows.Margins(metrics) : null) ?? _record.MarginsBefore,
            }
        );
        _book.Add(
            new(clock.GetUtcNow(), "epoch", $"epoch {metrics.Epoch}", metrics.Epoch, metrics.Round),
            new Dictionary<string, JsonElement>([TrainerShare.ToField(TrainerShares.Of(_progress))]),
            $"epoch-{metrics.Epoch}"
        );
        SeeStores(); // the disk may have refused it
    }

    public Task RecordCheckpointAsync(CheckpointReport report, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        if (report.Fault is { } fault)
        {
            Note(
                "warning",
                $"{fault.Code} {fault.Message}; {fault.Fix}",
                new CheckpointUnwritten(report.Name, fault.Code, fault.Message, fault.Fix)
            );
            return Task.CompletedTask;
        }

        Note("checkpoint", $"checkpoint {report.Name}, {report.Bytes / 1e6:F1} MB, {report.Seconds:F2} s");
        Save(_record with { LastCheckpoint = report.Name });
        _story.Saved(report.Round);
        var policy = _settings!.Checkpoints;
        var values = _book.Epochs().ToDictionary(e => e.Epoch, e => e.Value(policy.BestMetric));
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
        catch (LearningFault unwritable)
        {
            Note("warning", $"{unwritable.Code} {unwritable.Message}");
        }

        return Task.CompletedTask;
    }

    public Task RecordEventAsync(
        string kind,
        string message,
        string facts,
        CancellationToken cancellationToken
    )
    {
        Note(kind, message, Incident.Parse(facts));
        return Task.CompletedTask;
    }

    public async Task RecordEndAsync(RunEnd outcome, CancellationToken cancellationToken)
    {
        if (_record is null || RunStatusName.IsEnd(_record.Status))
            return;
        _limit?.Dispose();
        (_limit, _begun) = (null, null);
        _restarts.Forget();
        _progress = ProgressOf.End(_progress, outcome.Round, _record.Rounds, _record.Epochs);
        Note(
            outcome.State switch
            {
                RunState.Finished => "finished",
                RunState.Stopped => "stopped",
                _ => "error",
            },
            outcome.Fault is { } fault
                ? $"{fault.Code} {fault.Message}"
                : $"{outcome.State.ToString().ToLowerInvariant()} after {outcome.Round} rounds",
            Incident.Parse(outcome.Fault?.Facts ?? "")
                ?? new RunEnded(outcome.State.ToString().ToLowerInvariant(), outcome.Fault?.Code)
        );
        Save(
            _record with
            {
                StateSha256 = outcome.StateSha256,
                WaitingFor = null,
                Round = outcome.Round,
                Error = outcome.Fault is { } f ? new(f.Code, f.Message, f.Fix) : null,
                StopReason = _stopReason,
                Ended = clock.GetUtcNow(),
            }
        );
        Change(outcome.State);
        LogEnded(RunId, outcome.State, outcome.Round);
        _story.Ended(_record, _settings!);
        LetGo();
        await GrainFactory.GetGrain<IClusterGrain>(0).ReleaseAsync(RunId, cancellationToken);
    }

    private ICoordinatorGrain Coordinator => GrainFactory.GetGrain<ICoordinatorGrain>(RunId);

    private bool IsToGoOn => _record is not null && !RunStatusName.IsEnd(_record.Status);

    /// <summary>Accepted, and not begun: it waits for its trainers.</summary>
    private bool IsQueued => _record is { Status: RunStatusName.Queued };

    // A record that says running may be a dead process's: only what a coordinator leads is alive.
    private bool IsLive => _begun is not null && IsToGoOn;

    private static string? PhaseChange(string? before, EpochMetrics now) =>
        now.Phase == (before ?? PhaseName.Main) ? null
        : now.Phase == PhaseName.Deferred ? $"re-weighting from epoch {now.Epoch} on"
        : now.Phase == PhaseName.Pretraining
            ? "rotation pre-training comes first: accuracies are of telling turns"
        : $"pre-training is over: the method from epoch {now.Epoch} on";

    private static int Most(RunSettings settings, RunSpecification specification) =>
        settings.MaxTrainers == 0
            ? specification.Slots
            : Math.Min(settings.MaxTrainers, Math.Max(specification.Slots, settings.MinTrainers));

    /// <summary>Takes the run over as it goes.</summary>
    private void Adopt()
    {
        _book.Continue(_record!.Round, _settings!.TensorBoard);
        _story.Adopted(_settings, _record.Round);
        _story.Became(_record);
        // Until a beat says more: what happens now did not happen in round 0.
        _progress = _progress with
        {
            Epoch = Math.Min(_record.Epoch + 1, _record.Epochs),
            Round = _record.Round,
        };
        (_begun, _since, _isAdopted) = (_record.Begun ?? clock.GetUtcNow(), clock.GetTimestamp(), true);
        Limit();
        Tend();
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

    private void Tend() =>
        _tending ??= this.RegisterGrainTimer(
            TendAsync,
            new GrainTimerCreationOptions(TendEvery, TendEvery) { KeepAlive = true }
        );

    /// <summary>Sees that somebody leads the run, and brings trainers in that have become free or come back.</summary>
    private async Task TendAsync(CancellationToken cancellationToken)
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

            if (_state is not (RunState.Starting or RunState.Running))
                return;
            var allotment = await AllotAsync(
                TrainerClaim.Begun,
                _settings! with
                {
                    MinTrainers = 1,
                },
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

    private Task<Allotment> AllotAsync(
        TrainerClaim claim,
        RunSettings settings,
        RunSpecification specification,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        GrainFactory
            .GetGrain<IClusterGrain>(0)
            .AllotAsync(
                new(
                    RunId,
                    settings.MinTrainers,
                    Most(settings, specification),
                    claim,
                    settings.Priority,
                    since
                ),
                cancellationToken
            );

    private static RunFault TooFew(Allotment allotment, string after = "") =>
        new(
            "MM3002",
            (allotment with { Reason = allotment.Reason + after }).Words,
            $"--trainers {Math.Max(1, allotment.Free)}, or wait with --wait 10m"
        );

    /// <summary>Waits for its turn; says so when what it waits for is new.</summary>
    private void Wait(Allotment allotment)
    {
        _story.Waits(_record!.Created);
        Tend();
        if (allotment.Words == _record.WaitingFor)
            return;
        _book.Continue(_record.Round, tensorBoard: false);
        _progress = _progress with { Activity = allotment.Words };
        Save(_record with { WaitingFor = allotment.Words });
        Note("queued", $"waiting up to {_settings!.Wait.TotalSeconds:0} s for trainers: {allotment.Words}");
        _story.Became(_record);
    }

    /// <summary>Asks for its trainers once more.</summary>
    private async Task TryToBeginAsync(CancellationToken cancellationToken)
    {
        var (record, settings) = (_record!, _settings!);
        var allotment = await AllotAsync(
            TrainerClaim.Queued,
            settings,
            _specification!,
            record.Created,
            cancellationToken
        );
        if (!IsQueued)
            return; // stopped meanwhile
        if (!allotment.Trainers.IsEmpty)
        {
            var answer = await GoOnAsync(new(RunId, null, null, null, null, _trace), null, cancellationToken);
            if (answer.Fault is { } fault)
                await FailAsync(fault, cancellationToken);
        }
        else if (clock.GetUtcNow() - record.Created >= settings.Wait)
            await FailAsync(TooFew(allotment, $" after {settings.Wait.TotalSeconds:0} s"), cancellationToken);
        else
            Wait(allotment);
    }

    private async Task BringInAsync(TrainerDescription trainer, CancellationToken cancellationToken)
    {
        var isNew = _record!.Trainers.All(t => t.Trainer != trainer.Trainer);
        // One that came back while the run starts may be the only one there is: it gets the checkpoint, as the others did.
        var assignment =
            _state == RunState.Starting && _assignment is not null
                ? _assignment
                : (_assignment ?? Assignment(_record.Attempt ?? "", null)) with
                {
                    Joins = true,
                    Checkpoint = null,
                };
        await GrainFactory.GetGrain<ITrainerGrain>(trainer.Trainer).StartAsync(assignment, cancellationToken);
        if (!isNew)
            return;
        Save(_record with { Trainers = [.. _record.Trainers, new(trainer.Trainer, trainer.Device)] });
        Note("membership", $"{trainer.Trainer} ({trainer.Device}) joins", new TrainerJoined(trainer.Trainer));
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
                Note("warning", message, incident);
        }
    }

    /// <summary>The run is over: nothing is written any more, but for what the disk still refuses.</summary>
    private void LetGo()
    {
        if (!_book.CatchUp())
        {
            Tend(); // tries again
            return;
        }

        _tending?.Dispose();
        _tending = null;
        _book.Dispose();
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

    private async Task FailAsync(RunFault fault, CancellationToken cancellationToken) =>
        await RecordEndAsync(new(RunState.Failed, _progress.Round, null, fault), cancellationToken);

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
        var begun = reason is null ? started : _record!.Begun ?? started; // a restart is no new stretch
        (_begun, _since, _roundAtStart, _isAdopted) = (begun, clock.GetTimestamp(), round, false);
        _stopReason = "";
        Save(
            _record! with
            {
                Started = _record!.Started ?? started,
                Begun = begun,
                Attempt = attempt,
                WaitingFor = null,
                Settings = RunBook.Keep(settings),
                Trainers = [.. allotment.Trainers.Select(t => new RunTrainer(t.Trainer, t.Device))],
            }
        );
        _book.Open(epoch, round, settings.TensorBoard);
        _story.Started(specification, settings, data, allotment.Trainers.Length, round, trace);
        Change(RunState.Starting);
        var trainers = string.Join(", ", allotment.Trainers.Select(t => $"{t.Trainer} ({t.Device})"));
        Note(
            checkpoint is null || forked is not null ? "started" : "resumed",
            (
                forked is not null ? $"forked from {forked} on {trainers}"
                : checkpoint is null ? $"started on {trainers}"
                : $"resumed from {checkpoint} on {trainers}"
            ) + (reason is null ? "" : $": {reason}"),
            isFirst
                ? null
                : new RunContinued(checkpoint, round, reached, reason, _restarts.Waited(started).TotalSeconds)
        );

        if (data.Unreadable is [var first, ..])
            Note(
                "warning",
                $"MM2005 {data.Unreadable.Count} unreadable image{(data.Unreadable.Count == 1 ? " is" : "s are")} left out, the first: {first}",
                new ImagesLeftOut(data.Unreadable.Count, first)
            );

        var plan = new RunPlan(specification, Samplers.Create(specification, data.Labels).DrawsPerEpoch);
        await Coordinator.StartAsync(
            new(
                [.. allotment.Trainers.Select(t => t.Trainer)],
                specification.Slots,
                1,
                Math.Min(plan.Rounds, settings.RoundLimit ?? long.MaxValue),
                attempt,
                dispute
            ),
            cancellationToken
        );
        _assignment = Assignment(attempt, checkpoint) with { WitnessRound = dispute?.Round };
        foreach (var trainer in allotment.Trainers)
            await SendAsync(trainer.Trainer, _assignment, cancellationToken);
        Limit();
        Tend();
    }

    private async Task SendAsync(
        string trainer,
        TrainerAssignment assignment,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await GrainFactory.GetGrain<ITrainerGrain>(trainer).StartAsync(assignment, cancellationToken);
        }
        catch (Exception exception) when (Unreachable.Is(exception))
        {
            // Its silo has just died: the coordinator will miss its beats, and it is brought in when it is back.
            LogUnsent(exception, RunId, trainer);
        }
    }

    private async Task OpenDataAsync(RunSpecification specification, RunSettings settings)
    {
        _story.Asked();
        _data = await dataCache.OpenAsync(specification, settings.DataPath);
        _story.Opened();
    }

    private RunRecord NewRecord(RunSpecification specification, RunSubmission submission)
    {
        var version = typeof(RunGrain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        return new()
        {
            Id = RunId,
            Name = submission.Settings.Name,
            Preset = submission.Settings.Preset,
            Tags = submission
                .Settings.Tags.Select(t => t.Split('=', 2))
                .ToDictionary(t => t[0], t => t.ElementAtOrDefault(1) ?? ""),
            Status = RunStatusName.Queued,
            Specification = JsonDocument.Parse(submission.Specification).RootElement,
            SpecificationSha256 = SpecificationDocument.Hash(specification),
            Settings = RunBook.Keep(submission.Settings),
            DataManifestHash = _data!.ManifestHash,
            Versions = new Dictionary<string, string>
            {
                ["mmorleans"] = version?.InformationalVersion ?? "unknown",
                ["dotnet"] = Environment.Version.ToString(),
            },
            Host = Environment.MachineName,
            Created = clock.GetUtcNow(),
            ClassCounts = [.. _data.Counts],
            ClassNames = [.. _data.ClassNames],
            Epochs = specification.TotalEpochs,
            Rounds = new RunPlan(
                specification,
                Samplers.Create(specification, _data.Labels).DrawsPerEpoch
            ).Rounds,
            Parent = submission.Settings.Parent ?? submission.Settings.InitFrom,
        };
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

    private void Change(RunState state)
    {
        _state = state;
        Save(_record! with { Status = state.ToString().ToLowerInvariant() });
        _story.Became(_record!);
        _timeline.Touch();
    }

    private void Note(string kind, string message, Incident? incident = null) =>
        _timeline.Add(Jot(kind, message, incident?.ToFields()));

    /// <summary>For whoever looks into the folder; watchers are not told.</summary>
    private RunEvent Jot(string kind, string message, IReadOnlyDictionary<string, JsonElement>? fields)
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

    private static RunAnswer Refuse(RunFault fault) => new("", fault);

    [LoggerMessage(LogLevel.Information, "Run {Run} goes on here; the silo that kept it is gone")]
    private partial void LogAdopted(string run);

    [LoggerMessage(LogLevel.Information, "Run {Run} was going when the cluster ended; it goes on")]
    private partial void LogWoken(string run);

    [LoggerMessage(LogLevel.Debug, "Run {Run} could not be looked after; trying again")]
    private partial void LogUntended(Exception exception, string run);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: {Trainer} could not be told to start")]
    private partial void LogUnsent(Exception exception, string run, string trainer);

    [LoggerMessage(LogLevel.Information, "Run {Run} {State} after {Round} rounds")]
    private partial void LogEnded(string run, RunState state, long round);
}

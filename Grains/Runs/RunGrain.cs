using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Learning;
using MMOrleans.Learning.Checkpoints;
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
    TimeProvider clock,
    TrainingTelemetry telemetry,
    ILogger<RunGrain> logger
) : Grain, IRunGrain
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    private readonly RunTimeline _timeline = new();
    private RunBook _book = null!;
    private RunRecord? _record;
    private RunSettings? _settings;
    private RunSpecification? _specification;
    private TrainingData? _data;
    private RunState _state = RunState.Queued;
    private RunProgress _progress = new();
    private long _since;
    private long _roundAtStart;
    private string _stopReason = "";
    private IGrainTimer? _limit;
    private RunStory _story = null!;

    private string RunId => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _book = books.Open(RunId);
        _story = new(RunId, telemetry, clock);
        if (_book.Read() is { } record)
        {
            Take(record, RunBook.Settings(record));
            _state = Enum.TryParse<RunState>(record.Status, ignoreCase: true, out var state)
                ? state
                : RunState.Failed;
            foreach (var row in _book.Epochs())
                _timeline.Add(EpochRows.Of(row));
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _story.Moves();
        return Task.CompletedTask;
    }

    public async Task<RunAnswer> SubmitAsync(RunSubmission submission, CancellationToken cancellationToken)
    {
        if (_record is { } present)
            return
                present.SpecificationSha256
                == SpecificationDocument.Hash(SpecificationDocument.Read(submission.Specification))
                ? new(RunId, null)
                : Refuse(
                    "MM3005",
                    $"run {RunId} exists with another configuration",
                    "choose another id, or another --name"
                );

        var specification = SpecificationDocument.Read(submission.Specification);
        try
        {
            await OpenDataAsync(specification, submission.Settings);
        }
        catch (LearningFault fault)
        {
            return Refuse(fault.Code, fault.Message, fault.Fix);
        }

        var settings = submission.Settings;
        var allotment = await GrainFactory
            .GetGrain<IClusterGrain>(0)
            .AllotAsync(RunId, settings.MinTrainers, Most(settings, specification), cancellationToken);
        if (allotment.Trainers.IsEmpty)
            return Refuse(
                "MM3002",
                allotment.Reason,
                $"--trainers {Math.Max(1, allotment.Free)}, or wait with --wait 10m"
            );

        var record = NewRecord(specification, submission);
        try
        {
            _book.Create(record, settings);
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
        await StartAsync(allotment, null, 0, 0, submission.Trace, cancellationToken);
        return new(RunId, null);
    }

    public async Task<RunAnswer> ResumeAsync(RunResumption resumption, CancellationToken cancellationToken)
    {
        if (_record is null || _settings is null || _specification is null)
            throw new RunNotFoundException(RunId);
        if (IsLive)
            return new(RunId, null);

        var settings = _settings with
        {
            MinTrainers = resumption.MinTrainers ?? _settings.MinTrainers,
            MaxTrainers = resumption.MaxTrainers ?? _settings.MaxTrainers,
            DataPath = resumption.DataPath ?? _settings.DataPath,
            RoundLimit = null,
        };
        CheckpointEntry? from;
        IReadOnlyList<CheckpointEntry> damaged = [];
        try
        {
            await OpenDataAsync(_specification, settings);
            if (resumption.Checkpoint is { } name)
                from = _book.Checkpoints.FindIntact(name);
            else
                from = _book.Checkpoints.NewestIntact(out damaged);
            _story.Verified(from?.Manifest?.Bytes(), damaged.Count);
            if (from is not null)
                CheckpointFit.Check(from.Name, from.Manifest!, _specification, _data!.Counts.Count);
        }
        catch (LearningFault fault)
        {
            return Refuse(fault.Code, fault.Message, fault.Fix);
        }

        if (_data!.ManifestHash != _record.DataManifestHash)
            return Refuse(
                "MM2002",
                $"the images at {settings.DataPath ?? "the data cache"} have manifest {_data.ManifestHash[..12]}, the run began with {_record.DataManifestHash?[..12]}",
                "point --data-dir at the images that the run began with"
            );
        var allotment = await GrainFactory
            .GetGrain<IClusterGrain>(0)
            .AllotAsync(RunId, settings.MinTrainers, Most(settings, _specification), cancellationToken);
        if (allotment.Trainers.IsEmpty)
            return Refuse(
                "MM3002",
                allotment.Reason,
                $"--trainers {Math.Max(1, allotment.Free)}, or wait with --wait 10m"
            );

        Take(_record with { Error = null, StopReason = "", StateSha256 = null, Ended = null }, settings);
        var manifest = from?.Manifest;
        await StartAsync(
            allotment,
            from?.Name,
            manifest?.Epoch ?? 0,
            manifest?.Round ?? 0,
            resumption.Trace,
            cancellationToken
        );
        foreach (var entry in damaged)
            Note("warning", $"MM5001 checkpoint {entry.Name} is passed over: {entry.Damage()}");
        return new(RunId, null);
    }

    public async Task<RunAnswer> StopAsync(bool now, string reason, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
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
            throw new RunNotFoundException(RunId);
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
            throw new RunNotFoundException(RunId);
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
        var elapsed = clock.GetElapsedTime(_since);
        var done = progress.Round - _roundAtStart;
        _progress = progress with
        {
            Elapsed = elapsed,
            Left = done > 0 ? elapsed / done * (progress.Rounds - progress.Round) : null,
        };
        if (_state == RunState.Starting && progress.Round > _roundAtStart)
            Change(RunState.Running);
        if (_record is not null)
            _story.Moved(_record, _settings!, _progress, _timeline.Epochs);
        _timeline.Touch();
        return Task.CompletedTask;
    }

    public Task RecordEpochAsync(EpochMetrics metrics, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        var expected = ExpectedSamples.Of(
            Samplers.Create(_specification!, _data!.Labels),
            _data,
            metrics.Epoch - 1
        );
        if (metrics.SampleSum != expected && _settings!.RoundLimit is null)
            Note(
                "error",
                $"MM9099 epoch {metrics.Epoch} used images with the sum {metrics.SampleSum:x16}, its sampler says {expected:x16}: an image was missed or repeated"
            );
        var row = EpochRows.Of(metrics);
        var standing = _book.Add(row);
        if (!standing.SameNumbersAs(row))
        {
            Note("error", $"MM4004 epoch {metrics.Epoch} was reported twice with different numbers");
            return Task.CompletedTask;
        }

        if (_timeline.Epochs.Any(e => e.Epoch == metrics.Epoch))
            return Task.CompletedTask;
        if (metrics.Phase == "deferred" && (_timeline.Epochs.LastOrDefault()?.Phase ?? "main") == "main")
            Note("phase", $"re-weighting from epoch {metrics.Epoch} on");
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
            }
        );
        _book.Add(
            new(clock.GetUtcNow(), "epoch", $"epoch {metrics.Epoch}", metrics.Epoch, metrics.Round),
            $"epoch-{metrics.Epoch}"
        );
        return Task.CompletedTask;
    }

    public Task RecordCheckpointAsync(CheckpointReport report, CancellationToken cancellationToken)
    {
        if (_record is null)
            throw new RunNotFoundException(RunId);
        if (report.Fault is { } fault)
        {
            Note("warning", $"{fault.Code} {fault.Message}; {fault.Fix}");
            return Task.CompletedTask;
        }

        Note("checkpoint", $"checkpoint {report.Name}, {report.Bytes / 1e6:F1} MB, {report.Seconds:F2} s");
        Save(_record with { LastCheckpoint = report.Name });
        var policy = _settings!.Checkpoints;
        var values = _book.Epochs().ToDictionary(e => e.Epoch, e => e.Value(policy.BestMetric));
        try
        {
            _book.Checkpoints.Prune(
                new(policy.KeepLast, policy.KeepBest, policy.BestIsGreatest),
                m => m.RoundOfEpoch == 0 ? values.GetValueOrDefault(m.Epoch) : null,
                clock
            );
        }
        catch (LearningFault unwritable)
        {
            Note("warning", $"{unwritable.Code} {unwritable.Message}");
        }

        return Task.CompletedTask;
    }

    public Task RecordEventAsync(string kind, string message, CancellationToken cancellationToken)
    {
        Note(kind, message);
        return Task.CompletedTask;
    }

    public async Task RecordEndAsync(RunEnd outcome, CancellationToken cancellationToken)
    {
        if (_record is null || RunStatusName.IsEnd(_record.Status))
            return;
        _limit?.Dispose();
        _limit = null;
        Note(
            outcome.State switch
            {
                RunState.Finished => "finished",
                RunState.Stopped => "stopped",
                _ => "error",
            },
            outcome.Fault is { } fault
                ? $"{fault.Code} {fault.Message}"
                : $"{outcome.State.ToString().ToLowerInvariant()} after {outcome.Round} rounds"
        );
        Save(
            _record with
            {
                StateSha256 = outcome.StateSha256,
                Round = outcome.Round,
                Error = outcome.Fault is { } f ? new(f.Code, f.Message, f.Fix) : null,
                StopReason = _stopReason,
                Ended = clock.GetUtcNow(),
            }
        );
        Change(outcome.State);
        _story.Ended(_record, _settings!);
        _book.Dispose();
        LogEnded(RunId, outcome.State, outcome.Round);
        await GrainFactory.GetGrain<IClusterGrain>(0).ReleaseAsync(RunId, cancellationToken);
    }

    // A record that says running may be a dead process's: only what this activation started is alive.
    private bool IsLive =>
        _since != 0 && _state is (RunState.Starting or RunState.Running or RunState.Stopping);

    private static int Most(RunSettings settings, RunSpecification specification) =>
        settings.MaxTrainers == 0
            ? specification.Slots
            : Math.Min(settings.MaxTrainers, Math.Max(specification.Slots, settings.MinTrainers));

    private async Task StartAsync(
        Allotment allotment,
        string? checkpoint,
        int epoch,
        long round,
        string? trace,
        CancellationToken cancellationToken
    )
    {
        var (specification, settings, data) = (_specification!, _settings!, _data!);
        (_since, _roundAtStart, _stopReason) = (clock.GetTimestamp(), round, "");
        var started = clock.GetUtcNow();
        Save(
            _record! with
            {
                Started = _record!.Started ?? started,
                Settings = RunBook.Keep(settings),
                Trainers = [.. allotment.Trainers.Select(t => new RunTrainer(t.Trainer, t.Device))],
            }
        );
        _book.Open(epoch, round, settings.TensorBoard);
        _story.Started(specification, settings, data, allotment.Trainers.Length, trace);
        Change(RunState.Starting);
        var trainers = string.Join(", ", allotment.Trainers.Select(t => $"{t.Trainer} ({t.Device})"));
        Note(
            checkpoint is null ? "started" : "resumed",
            checkpoint is null ? $"started on {trainers}" : $"resumed from {checkpoint} on {trainers}"
        );

        var plan = new RunPlan(specification, Samplers.Create(specification, data.Labels).DrawsPerEpoch);
        await GrainFactory
            .GetGrain<ICoordinatorGrain>(RunId)
            .StartAsync(
                new(
                    [.. allotment.Trainers.Select(t => t.Trainer)],
                    specification.Slots,
                    1,
                    Math.Min(plan.Rounds, settings.RoundLimit ?? long.MaxValue),
                    started.ToString("O", CultureInfo.InvariantCulture)
                ),
                cancellationToken
            );
        var assignment = new TrainerAssignment(
            RunId,
            SpecificationDocument.Write(specification),
            settings,
            _book.Path,
            checkpoint,
            data.ManifestHash,
            Trace: _story.Trace
        );
        foreach (var trainer in allotment.Trainers)
            await GrainFactory
                .GetGrain<ITrainerGrain>(trainer.Trainer)
                .StartAsync(assignment, cancellationToken);
        if (settings.MaxTime is { } limit)
            _limit = this.RegisterGrainTimer(
                async stop => await StopAsync(false, "max_time", stop),
                new GrainTimerCreationOptions(limit, Timeout.InfiniteTimeSpan)
            );
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
            Epochs = specification.Epochs,
            Rounds = new RunPlan(
                specification,
                Samplers.Create(specification, _data.Labels).DrawsPerEpoch
            ).Rounds,
            Parent = submission.Settings.Parent,
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

    private void Note(string kind, string message)
    {
        var happened = new RunEvent(clock.GetUtcNow(), kind, message, _progress.Epoch, _progress.Round);
        _book.Add(happened);
        _timeline.Add(happened);
    }

    private static RunAnswer Refuse(string code, string message, string fix) =>
        new("", new(code, message, fix));

    [LoggerMessage(LogLevel.Information, "Run {Run} {State} after {Round} rounds")]
    private partial void LogEnded(string run, RunState state, long round);
}

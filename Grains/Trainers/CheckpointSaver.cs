using Microsoft.Extensions.Logging;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Trainers.Rounds;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers;

/// <summary>Writes a trainer's states as checkpoints, in the background and one after another.</summary>
internal sealed partial class CheckpointSaver(
    TrainerAssignment assignment,
    string trainer,
    long seed,
    StateLayout layout,
    RunPlan plan,
    TrainingData data,
    EpochReporter reporter,
    SessionServices services
)
{
    private readonly string _folder = Path.Combine(assignment.Folder, "checkpoints");
    private readonly StoredCheckpoints? _stored = services.Places.Of(
        assignment.Settings.Checkpoints.Place,
        assignment.RunId,
        Path.Combine(assignment.Folder, "checkpoints")
    );
    private const int MostUntold = 16;
    private const int MostWaiting = 2; // each holds a whole state

    private readonly ILogger _logger = services.Logger;

    // Two chains: what waits for a slow store is a name, and no state.
    private readonly TaskChain _writes = new(lost => LogLost(services.Logger, lost, assignment.RunId));
    private readonly TaskChain _uploads = new(lost => LogLost(services.Logger, lost, assignment.RunId));
    private readonly Queue<CheckpointReport> _untold = []; // touched by one upload at a time
    private (StateCopy Copy, long Term)? _held; // due, and nobody has said yet that the others hold the same
    private long _lastWritten = services.Clock.GetTimestamp();

    /// <summary>Whether a checkpoint is wanted after a round.</summary>
    /// <param name="round">Completed rounds.</param>
    /// <param name="completedEpochs">When an epoch has just been closed: how many are; null within one.</param>
    public bool IsDue(long round, int? completedEpochs)
    {
        var policy = assignment.Settings.Checkpoints;
        if (completedEpochs == policy.KeepEpoch)
            return true;
        if (policy.EveryRounds is { } rounds)
            return round % rounds == 0 && (completedEpochs is not null || round % plan.RoundsPerEpoch != 0);
        if (policy.EveryTime is { } time)
            return services.Clock.GetElapsedTime(_lastWritten) >= time;
        return completedEpochs is { } epochs && epochs % (policy.EveryEpochs ?? 1) == 0;
    }

    /// <summary>Holds a state that is due until <see cref="Confirm"/>.</summary>
    /// <param name="copy">The state.</param>
    /// <param name="term">Of the lease by which this trainer writes.</param>
    public void Hold(StateCopy copy, long term) => _held = (copy, term);

    /// <summary>An exchange that started from the state held is complete, so that all trainers had the same: writes it, if there is one.</summary>
    public void Confirm()
    {
        if (_held is { } agreed)
            Begin(agreed.Copy, agreed.Term);
        _held = null;
    }

    /// <summary>Another state was loaded: the one held is not written.</summary>
    public void Drop() => _held = null;

    /// <summary>Begins to write; <see cref="FlushAsync"/> waits for it. A failure is reported to the run, which goes on.</summary>
    /// <param name="copy">The state.</param>
    /// <param name="term">Of the lease by which this trainer writes.</param>
    public void Begin(StateCopy copy, long term)
    {
        _lastWritten = services.Clock.GetTimestamp();
        if (_writes.Unfinished > MostWaiting)
            Upload(Skipped(copy));
        else
            _ = _writes.Add(async () =>
            {
                Upload(await WriteAsync(copy, term));
                return true;
            });
    }

    /// <summary>Waits until what <see cref="Begin"/> began is in the run's folder. Whatever became of it is told: nothing is thrown.</summary>
    public Task WrittenAsync() => _writes.Idle;

    /// <summary>The same, and until it is in the object store, if there is one.</summary>
    public async Task FlushAsync()
    {
        await _writes.Idle;
        await _uploads.Idle;
    }

    /// <summary>Writes after what was begun before, to the run's folder and then to its object store if it has one. A failure is in the report.</summary>
    /// <param name="copy">The state.</param>
    /// <param name="term">Of the lease held; null without one.</param>
    public async Task<CheckpointReport> SaveAsync(StateCopy copy, long? term)
    {
        // One after another: two writes of one trainer would take each other's files away.
        var written = await _writes.Add(() => WriteAsync(copy, term));
        return await _uploads.Add(() => UploadAsync(written));
    }

    private void Upload(CheckpointReport written) =>
        _ = _uploads.Add(async () =>
        {
            await TellAsync(await UploadAsync(written));
            return true;
        });

    private CheckpointReport Skipped(StateCopy copy)
    {
        var skipped = Of(copy);
        return new(
            skipped.Name,
            skipped.Progress.Epoch,
            copy.Round,
            0,
            0,
            "",
            new(
                "MM5003",
                $"cannot write {Path.Combine(_folder, skipped.Name)}: {MostWaiting} checkpoints before it still wait for the disk",
                "take a faster disk, or write fewer: --set checkpoint.every=…"
            )
        );
    }

    /// <summary>Tells the run of a checkpoint, and first of those that it could not be told of before.</summary>
    private async Task TellAsync(CheckpointReport report)
    {
        _untold.Enqueue(report);
        if (_untold.Count > MostUntold)
            _untold.Dequeue(); // the file is there; the next resume finds it whether or not the timeline names it
        while (_untold.TryPeek(out var next))
        {
            try
            {
                await services.Grains.GetGrain<IRunGrain>(assignment.RunId).RecordCheckpointAsync(next);
            }
#pragma warning disable CA1031 // Whatever the run throws: it is told again with the next checkpoint.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogUntold(exception, next.Name, assignment.RunId);
                return;
            }

            _untold.Dequeue();
        }
    }

    private async Task<CheckpointReport> WriteAsync(StateCopy copy, long? term)
    {
        await reporter.FlushAsync(); // what the run is told of now need not be kept; given up after a few seconds
        var (began, started) = (services.Clock.GetTimestamp(), services.Clock.GetUtcNow());
        var checkpoint = Of(copy);
        var (epoch, round) = (checkpoint.Progress.Epoch, copy.Round);
        try
        {
            var receipt = new CheckpointWriter(_folder, trainer, term, services.Clock).Write(checkpoint);
            if (_stored is null)
                services.Telemetry.CheckpointSaved(assignment.RunId, started, receipt.Bytes);
            return new(
                receipt.Name,
                epoch,
                round,
                receipt.Bytes,
                services.Clock.GetElapsedTime(began).TotalSeconds,
                receipt.StateSha256,
                null,
                receipt.WasThere
            );
        }
#pragma warning disable CA1031 // Whatever it is, the run's owner has to hear of it, and training goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new(checkpoint.Name, epoch, round, 0, 0, "", Unsaved(exception, checkpoint.Name, started));
        }
    }

    /// <summary>Takes what is written on to the object store.</summary>
    private async Task<CheckpointReport> UploadAsync(CheckpointReport written)
    {
        if (_stored is null || written.Fault is not null)
            return written;
        var began = services.Clock.GetTimestamp();
        var started = services.Clock.GetUtcNow() - TimeSpan.FromSeconds(written.Seconds);
        try
        {
            if (Directory.Exists(Path.Combine(_folder, written.Name)))
                await _stored.PublishAsync(written.Name);
            else
                LogPruned(written.Name, assignment.RunId); // newer ones are there, and the store keeps as few
            services.Telemetry.CheckpointSaved(assignment.RunId, started, written.Bytes);
            return written with
            {
                Seconds = written.Seconds + services.Clock.GetElapsedTime(began).TotalSeconds,
            };
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return written with
            {
                Bytes = 0,
                Seconds = 0,
                StateSha256 = "",
                Fault = Unsaved(exception, written.Name, started),
            };
        }
    }

    private Fault Unsaved(Exception exception, string name, DateTimeOffset started)
    {
        var fault = Diagnose(exception, name);
        LogUnwritten(exception, name, assignment.RunId, fault.Code);
        services.Telemetry.CheckpointUnsaved(assignment.RunId, started, fault.Code);
        return fault;
    }

    private Fault Diagnose(Exception exception, string name) =>
        exception switch
        {
            FaultException fault => fault.Fault,
            // The folder's own refusals are faults already, and nobody cancels a write: the connection to the store it is.
            IOException or TimeoutException or OperationCanceledException => new(
                "MM5004",
                $"the object store did not take checkpoint {name}: {exception.Message.TrimEnd('.')}",
                "see that the store runs and is not too slow; the next checkpoint is tried again"
            ),
            _ => new(
                "MM9099",
                $"internal error while checkpoint {name} was written: {exception.GetType().Name}: {exception.Message.TrimEnd('.')}",
                $"mm logs {assignment.RunId} has the details; please report it"
            ),
        };

    /// <summary>
    /// Reads a checkpoint of this run back, from its object store where the folder does not have it; the epochs that the run was not told of
    /// are to be told again.
    /// </summary>
    public async Task<StateCopy> LoadAsync(string name)
    {
        if (_stored is not null)
            await _stored.FetchAsync(name);
        var started = services.Clock.GetUtcNow();
        var entry = new CheckpointStore(_folder).Find(name);
        var checkpoint = entry.Load(layout);
        services.Telemetry.CheckpointLoaded(assignment.RunId, started, entry.Manifest?.Bytes() ?? 0);
        var progress = checkpoint.Progress;
        foreach (var epoch in progress.UntoldEpochs ?? [])
            reporter.Add(epoch);
        return new(
            new(
                new(progress.Round, Closing: progress.RoundOfEpoch == plan.RoundsPerEpoch),
                Hash: 0, // computed when it is loaded
                progress.Sums,
                progress.GradientNorm > 0 ? progress.GradientNorm : double.NaN
            ),
            checkpoint.Parameters.ToArray(),
            checkpoint.Momentum.ToArray(),
            checkpoint.Buffers.ToArray()
        );
    }

    private Checkpoint Of(StateCopy copy)
    {
        // An epoch whose rounds are done but not its evaluation still counts as the one in progress: all of its rounds are in it.
        var (_, _, sums, gradientNorm) = copy.State;
        var epoch = (int)(copy.Round / plan.RoundsPerEpoch) - (copy.State.Position.Closing ? 1 : 0);
        var at = plan.At(Math.Min(copy.Round, plan.Rounds - 1));
        return new()
        {
            RunId = assignment.RunId,
            Layout = layout,
            Parameters = copy.Parameters,
            Momentum = copy.Momentum,
            Buffers = copy.Buffers,
            Specification = assignment.Specification,
            DataManifestHash = assignment.ManifestHash,
            Parents = (assignment.Settings.Parent ?? assignment.Settings.InitFrom) is { } parent
                ? [parent]
                : [],
            Progress = new()
            {
                Epoch = epoch,
                Round = copy.Round,
                RoundOfEpoch = (int)(copy.Round - ((long)epoch * plan.RoundsPerEpoch)),
                DrawOfEpoch = sums.Images,
                Seed = seed,
                LearningRate = at.LearningRate,
                Phase = PhaseName.Of(at.Phase),
                ClassCounts = [.. data.Counts],
                Sums = sums,
                GradientNorm = double.IsNaN(gradientNorm) ? 0 : gradientNorm,
                UntoldEpochs = reporter.Until(copy.Round) is [_, ..] untold ? untold : null,
            },
        };
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run}: could not write checkpoint {Name} ({Code}); training continues"
    )]
    private partial void LogUnwritten(Exception exception, string name, string run, string code);

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run}: could not report checkpoint {Name}; reporting it with the next one"
    )]
    private partial void LogUntold(Exception exception, string name, string run);

    [LoggerMessage(
        LogLevel.Warning,
        "Run {Run}: checkpoint {Name} was pruned before the object store took it"
    )]
    private partial void LogPruned(string name, string run);

    [LoggerMessage(LogLevel.Error, "Run {Run}: a checkpoint was lost; the next one is written all the same")]
    private static partial void LogLost(ILogger logger, Exception exception, string run);
}

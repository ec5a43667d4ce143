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
    SessionServices services
)
{
    private readonly string _folder = Path.Combine(assignment.Folder, "checkpoints");
    private readonly StoredCheckpoints? _stored = services.Places.Of(
        assignment.Settings.Checkpoints.Place,
        assignment.RunId,
        Path.Combine(assignment.Folder, "checkpoints")
    );
    private readonly ILogger _logger = services.Logger;
    private Task _writing = Task.CompletedTask;
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
        var before = _writing;
        _writing = Task.Run(async () =>
        {
            await before;
            var report = await WriteAsync(copy, term);
            try
            {
                await services.Grains.GetGrain<IRunGrain>(assignment.RunId).RecordCheckpointAsync(report);
            }
            catch (Exception exception) when (Placement.Unreachable.Is(exception))
            {
                // The file is there; the next resume finds it whether or not the timeline names it.
                LogUnreported(exception, report.Name, assignment.RunId);
            }
        });
    }

    /// <summary>Waits for what <see cref="Begin"/> began.</summary>
    public Task FlushAsync() => _writing;

    /// <summary>Writes now, to the run's folder and then to its object store if it has one. A failure is in the report.</summary>
    /// <param name="copy">The state.</param>
    /// <param name="term">Of the lease held; null without one.</param>
    public async Task<CheckpointReport> WriteAsync(StateCopy copy, long? term)
    {
        var (began, started) = (services.Clock.GetTimestamp(), services.Clock.GetUtcNow());
        var checkpoint = Of(copy);
        var (epoch, round) = (checkpoint.Progress.Epoch, copy.Round);
        try
        {
            var receipt = new CheckpointWriter(_folder, trainer, term, services.Clock).Write(checkpoint);
            if (_stored is not null)
                await _stored.PublishAsync(receipt.Name);
            services.Telemetry.CheckpointSaved(assignment.RunId, started, receipt.Bytes);
            return new(
                receipt.Name,
                epoch,
                round,
                receipt.Bytes,
                services.Clock.GetElapsedTime(began).TotalSeconds,
                receipt.StateSha256,
                null
            );
        }
        catch (FaultException fault)
        {
            services.Telemetry.CheckpointUnsaved(assignment.RunId, started, fault.Code);
            return new(checkpoint.Name, epoch, round, 0, 0, "", fault.Fault);
        }
    }

    /// <summary>Reads a checkpoint of this run back; from its object store where the folder does not have it.</summary>
    public async Task<StateCopy> LoadAsync(string name)
    {
        if (_stored is not null)
            await _stored.FetchAsync(name);
        var started = services.Clock.GetUtcNow();
        var entry = new CheckpointStore(_folder).Find(name);
        var checkpoint = entry.Load(layout);
        services.Telemetry.CheckpointLoaded(assignment.RunId, started, entry.Manifest?.Bytes() ?? 0);
        var progress = checkpoint.Progress;
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
            },
        };
    }

    [LoggerMessage(LogLevel.Warning, "Run {Run}: wrote checkpoint {Name} but could not report it")]
    private partial void LogUnreported(Exception exception, string name, string run);
}

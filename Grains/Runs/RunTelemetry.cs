using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Runs;

/// <summary>A run's life as it is told outside: asked for, started, moving, ended.</summary>
internal sealed class RunTelemetry(string run, TrainingTelemetry telemetry, TimeProvider clock)
{
    private DateTimeOffset _asked;
    private DateTimeOffset _opening;
    private DateTimeOffset _opened;
    private DateTimeOffset _saved;
    private long _savedRound;
    private bool _isHeld;
    private bool _waits;

    /// <summary>The span of the run's start, for trainers; null for none.</summary>
    public string? Trace => telemetry.TraceOf(run);

    /// <summary>Somebody wants it trained; the images are opened first.</summary>
    public void Asked()
    {
        _opening = clock.GetUtcNow();
        if (!_waits)
            _asked = _opening;
    }

    /// <summary>It waits for trainers, and has since it was submitted.</summary>
    public void Waits(DateTimeOffset since) => (_asked, _waits) = (since, true);

    /// <summary>The images are open.</summary>
    public void Opened() => _opened = clock.GetUtcNow();

    /// <summary>Checkpoints were looked through since the images are open.</summary>
    public void Verified(long? bytes, int damaged) => telemetry.CheckpointsVerified(_opened, bytes, damaged);

    /// <summary>It has its trainers.</summary>
    public void Started(
        RunSpecification specification,
        RunSettings settings,
        TrainingData data,
        int trainers,
        long round,
        string? submit
    )
    {
        Left();
        telemetry.RunOpened(run, settings.Traces, settings.TraceEvery);
        (_isHeld, _waits) = (true, false);
        Saved(round);
        telemetry.RunStarted(
            run,
            _asked,
            specification.Method.Name,
            specification.Dataset.Name,
            specification.Model.Architecture,
            trainers,
            submit
        );
        telemetry.DatasetOpened(
            run,
            _opening,
            _opened,
            data.Count(train: true) + data.Count(train: false),
            data.Inventory.Damaged.Count
        );
    }

    /// <summary>It goes on here; another silo started it.</summary>
    /// <param name="settings">How it is carried out.</param>
    /// <param name="saved">When the newest checkpoint was written; when the run began, where there is none.</param>
    /// <param name="round">Its round.</param>
    public void Adopted(RunSettings settings, DateTimeOffset saved, long round)
    {
        Left();
        telemetry.RunOpened(run, settings.Traces, settings.TraceEvery);
        _isHeld = true;
        (_saved, _savedRound) = (saved, round);
    }

    /// <summary>A checkpoint of a round is on the disk, or the run begins with that round.</summary>
    public void Saved(long round) => (_saved, _savedRound) = (clock.GetUtcNow(), round);

    /// <summary>Its status changed.</summary>
    public void Became(RunRecord record) => telemetry.RunStatusChanged(run, record.Status.Word());

    /// <summary>It got further. What is told after its end must not bring its gauges back.</summary>
    public void Moved(
        RunRecord record,
        RunSettings settings,
        RunProgress progress,
        IReadOnlyList<EpochResult> epochs
    )
    {
        if (!record.Status.IsEnd())
            telemetry.RunProgressed(
                run,
                LiveRun.Of(progress, epochs) with
                {
                    Classes = settings.PerClassMetrics ? record.ClassNames : [],
                    MinTrainers = settings.MinTrainers,
                    CheckpointTime = _saved,
                    CheckpointLag =
                        progress.RoundsPerEpoch > 0
                            ? CheckpointLag.Of(
                                settings.Checkpoints,
                                Math.Max(0, progress.Round - _savedRound),
                                progress.RoundsPerEpoch,
                                clock.GetUtcNow() - _saved
                            )
                            : null,
                }
            );
    }

    /// <summary>It ended.</summary>
    public void Ended(RunRecord record, RunSettings settings)
    {
        telemetry.RunEnded(
            run,
            record.Status.Word(),
            record.Error?.Code,
            record.Best?.Accuracy,
            settings.Traces != "none"
        );
        Left();
    }

    /// <summary>The grain goes elsewhere: what this silo shows of the run would grow old.</summary>
    public void Moves()
    {
        telemetry.RunMoved(run);
        Left();
    }

    private void Left()
    {
        if (_isHeld)
            telemetry.RunLeft(run);
        _isHeld = false;
    }
}

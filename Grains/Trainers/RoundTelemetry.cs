using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers;

/// <summary>One trainer's rounds as it lives them: gathers what belongs to a round while it is open, and tells it once.</summary>
internal sealed class RoundTelemetry(
    TrainingTelemetry telemetry,
    string run,
    TrainingDevice device,
    TimeProvider clock
)
{
    private RoundPlan? _open;
    private DateTimeOffset _began = clock.GetUtcNow();
    private DateTimeOffset _evaluationBegan;
    private int _goes;
    private double _forwardSeconds;
    private long _bytes;

    /// <summary>Begins to gather the images of a round's slots, or of more of them.</summary>
    public void Computing(RoundPlan round)
    {
        if (_open?.Round != round.Round)
            (_open, _began, _goes) = (round, clock.GetUtcNow(), 0);
        _goes++;
    }

    /// <summary>Slots were computed.</summary>
    public void Computed(double forwardSeconds) => _forwardSeconds += forwardSeconds;

    /// <summary>A segment answered. Told by calls that run side by side.</summary>
    public void Exchanged(Contribution contribution, SegmentAnswer answer)
    {
        var sent = contribution.Blocks.Sum(block => (long)block.Values.Length);
        var received = (long)(answer.Averaged?.Length ?? 0);
        telemetry.Meter.Exchanged(sent, received);
        Interlocked.Add(ref _bytes, sent + received);
    }

    /// <summary>A round's average was applied.</summary>
    /// <param name="round">The round.</param>
    /// <param name="times">Where its time went.</param>
    /// <param name="leads">Whether this trainer speaks for the round.</param>
    public void Closed(RoundPlan round, RoundTimes times, bool leads)
    {
        var now = clock.GetUtcNow();
        var bytes = Interlocked.Exchange(ref _bytes, 0);
        // A round that was read along by a trainer that catches up, or watched by a spare, is told by those who computed it.
        if (leads || _open?.Round == round.Round)
            telemetry.RoundClosed(
                new(
                    run,
                    device.Trainer,
                    device.Name,
                    leads,
                    round.Epoch,
                    round.Round,
                    round.RoundOfEpoch,
                    PhaseName.Of(round.Phase),
                    _began,
                    now,
                    (long)times.Images,
                    Healed: _goes > 1, // its lease grew while the round was open
                    new(
                        times.Data,
                        Math.Min(_forwardSeconds, times.Compute),
                        Math.Max(0, times.Compute - _forwardSeconds),
                        times.Exchange,
                        times.Wait,
                        times.Apply
                    ),
                    bytes
                )
            );
        (_open, _began, _goes, _forwardSeconds) = (null, now, 0, 0);
    }

    /// <summary>Begins to classify test images.</summary>
    public void Evaluating() => _evaluationBegan = clock.GetUtcNow();

    /// <summary>An epoch was closed.</summary>
    /// <param name="epoch">Its numbers; null when others closed it long ago.</param>
    /// <param name="rounds">Rounds of an epoch.</param>
    /// <param name="testImages">Images of an evaluation.</param>
    /// <param name="leads">Whether this trainer speaks for the round.</param>
    public void EpochClosed(EpochResult? epoch, int rounds, int testImages, bool leads)
    {
        if (epoch is null || !leads)
            return;
        if (epoch is { TestLoss: { } loss, Accuracy: { } accuracy })
            telemetry.Evaluated(run, _evaluationBegan, testImages, loss, accuracy);
        telemetry.EpochClosed(run, rounds, epoch.Images, epoch.TrainLoss, epoch.Accuracy);
    }

    /// <summary>The open round, if there is one, will not be closed by anybody.</summary>
    /// <param name="reason"><c>stop</c>, or an error code.</param>
    /// <param name="isFault">Whether that is a fault.</param>
    public void GivenUp(string reason, bool isFault)
    {
        if (_open is { } round)
            telemetry.RoundAbandoned(
                run,
                round.Epoch,
                PhaseName.Of(round.Phase),
                round.Round,
                reason,
                isFault,
                _began
            );
        _open = null;
    }
}

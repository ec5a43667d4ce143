using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>One trainer's rounds as it lives them: gathers what belongs to a round while it is open, and tells it once.</summary>
internal sealed class RoundTelemetry(TrainingTelemetry telemetry, string run, TrainingDevice device)
{
    private RoundPlan? _open;
    private int _goes;
    private long _bytes;
    private ImmutableHashSet<string> _transports = [];

    /// <summary>Begins to gather the images of a round's slots, or of more of them.</summary>
    /// <param name="round">The round.</param>
    /// <param name="batchesReady">Batches that were there before.</param>
    public void Computing(RoundPlan round, int batchesReady)
    {
        if (_open?.Round != round.Round)
            (_open, _goes) = (round, 0);
        _goes++;
        telemetry.Meter.QueueIs(device.Trainer, batchesReady);
    }

    /// <summary>A segment answered. Told by calls that run side by side.</summary>
    public void Exchanged(string transport, Contribution contribution, SegmentAnswer answer)
    {
        var sent = contribution.Blocks.Sum(block => (long)block.Values.Length);
        var received = (long)(answer.Averaged?.Length ?? 0);
        telemetry.Meter.Exchanged(transport, sent, received);
        Interlocked.Add(ref _bytes, sent + received);
        ImmutableInterlocked.Update(ref _transports, (used, one) => used.Add(one), transport);
    }

    /// <summary>A round's average was applied: its stopwatches are read and set back.</summary>
    /// <param name="round">The round.</param>
    /// <param name="clock">Knows where its time went.</param>
    /// <param name="leads">Whether this trainer speaks for the round.</param>
    public void Closed(RoundPlan round, RoundClock clock, bool leads)
    {
        var (images, began, stages) = (clock.Images, clock.RoundBegan, clock.Applied());
        clock.NextRound();
        var bytes = Interlocked.Exchange(ref _bytes, 0);
        var transports = Interlocked.Exchange(ref _transports, []);
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
                    began,
                    clock.RoundBegan, // of the next one
                    images,
                    Healed: _goes > 1, // its lease grew while the round was open
                    stages,
                    bytes,
                    string.Join(", ", TransportNames.InOrder(transports))
                )
            );
        (_open, _goes) = (null, 0);
    }

    /// <summary>An epoch was closed.</summary>
    /// <param name="epoch">Its numbers; null when others closed it long ago.</param>
    /// <param name="rounds">Rounds of an epoch.</param>
    /// <param name="testImages">Images of an evaluation.</param>
    /// <param name="clock">Knows when the evaluation began.</param>
    /// <param name="leads">Whether this trainer speaks for the round.</param>
    public void EpochClosed(EpochResult? epoch, int rounds, int testImages, RoundClock clock, bool leads)
    {
        if (epoch is null || !leads)
            return;
        if (epoch is { TestLoss: { } loss, Accuracy: { } accuracy })
            telemetry.Evaluated(run, clock.EvaluationBegan, testImages, loss, accuracy);
        telemetry.EpochClosed(run, rounds, epoch.Images, epoch.TrainLoss, epoch.Accuracy);
    }

    /// <summary>The open round, if there is one, will not be closed by anybody.</summary>
    /// <param name="reason"><c>stop</c>, or an error code.</param>
    /// <param name="isFault">Whether that is a fault.</param>
    /// <param name="clock">Knows when it began.</param>
    public void GivenUp(string reason, bool isFault, RoundClock clock)
    {
        if (_open is { } round)
            telemetry.RoundAbandoned(
                run,
                round.Epoch,
                PhaseName.Of(round.Phase),
                round.Round,
                reason,
                isFault,
                clock.RoundBegan
            );
        _open = null;
    }
}

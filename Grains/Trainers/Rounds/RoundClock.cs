using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>Every stopwatch of a trainer's rounds and epochs. For people: no bit of a result depends on it.</summary>
/// <remarks>A round goes from one stage to the next, so that one running stopwatch is enough. Told by one piece of work at a time; <see cref="Mean"/> may be asked by anybody.</remarks>
internal sealed class RoundClock(TimeProvider clock)
{
    private const int RoundsKept = 20;

    private readonly Lock _lock = new();
    private readonly Queue<(long Images, StageSeconds Stages)> _last = new();
    private StageSeconds _round;
    private StageSeconds _epoch;
    private long _images;
    private long? _since; // when the current stage of the round began; null before its first
    private long _epochSince = clock.GetTimestamp();
    private long? _evaluatingSince;
    private bool _isOpen;

    /// <summary>When the open round, or the one that has just closed, was begun.</summary>
    public DateTimeOffset RoundBegan { get; private set; } = clock.GetUtcNow();

    /// <summary>When the last evaluation was begun.</summary>
    public DateTimeOffset EvaluationBegan { get; private set; }

    /// <summary>Training images of the open round that were computed here.</summary>
    public long Images => _images;

    /// <summary>Begins to gather the images of a round's slots, or of more of them.</summary>
    public void Fetching()
    {
        if (!_isOpen)
            (RoundBegan, _isOpen) = (clock.GetUtcNow(), true);
        _since = clock.GetTimestamp(); // what passed since more slots were wanted belongs to no stage
    }

    /// <summary>The images are there.</summary>
    public void Computing() => _round += new StageSeconds(Data: Lap());

    /// <summary>The slots are computed; from here on blocks are exchanged.</summary>
    /// <param name="images">How many images.</param>
    /// <param name="forwardSeconds">What the device spent in forward passes.</param>
    public void Exchanging(long images, double forwardSeconds)
    {
        var seconds = Lap();
        var forward = Math.Min(forwardSeconds, seconds);
        _round += new StageSeconds(Forward: forward, Backward: seconds - forward);
        _images += images;
    }

    /// <summary>The average is there.</summary>
    /// <param name="waitedSeconds">Longest that a segment waited for other trainers' slots.</param>
    public void Applying(double waitedSeconds)
    {
        if (_since is null)
            _since = clock.GetTimestamp(); // nothing was computed here
        var seconds = Lap();
        var wait = Math.Min(waitedSeconds, seconds);
        _round += new StageSeconds(Exchange: seconds - wait, Wait: wait);
    }

    /// <summary>The round is done.</summary>
    /// <returns>Where its time went.</returns>
    public StageSeconds Applied()
    {
        var round = _round += new StageSeconds(Apply: Lap());
        _epoch += round;
        lock (_lock)
        {
            _last.Enqueue((_images, round));
            if (_last.Count > RoundsKept)
                _last.Dequeue();
        }

        return round;
    }

    /// <summary>The next round begins; also where one is given up for another state.</summary>
    public void NextRound()
    {
        (_round, _images, _since, _isOpen) = (default, 0, null, false);
        RoundBegan = clock.GetUtcNow();
    }

    /// <summary>Begins to classify test images, or more of them.</summary>
    public void Evaluating()
    {
        EvaluationBegan = clock.GetUtcNow();
        _evaluatingSince ??= clock.GetTimestamp();
    }

    /// <summary>The epoch is over, and the next begins.</summary>
    /// <returns>How long it took, and where this trainer's time of it went.</returns>
    public (double Seconds, StageSeconds Stages) NextEpoch()
    {
        var now = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(_epochSince, now).TotalSeconds;
        var evaluating = _evaluatingSince is { } since ? clock.GetElapsedTime(since, now).TotalSeconds : 0;
        var stages = _epoch with { Evaluate = evaluating };
        (_epoch, _epochSince, _evaluatingSince) = (default, now, null);
        return (seconds, stages);
    }

    /// <summary>Means over the last rounds; all zero before the first.</summary>
    public (double Images, StageSeconds Stages) Mean()
    {
        lock (_lock)
        {
            var (images, sum) = (0L, default(StageSeconds));
            foreach (var round in _last)
                (images, sum) = (images + round.Images, sum + round.Stages);
            var n = Math.Max(1, _last.Count);
            return ((double)images / n, sum / n);
        }
    }

    private double Lap()
    {
        var now = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(_since ?? now, now).TotalSeconds;
        _since = now;
        return seconds;
    }
}

namespace MMOrleans.Grains.Trainers;

/// <summary>Where a trainer's time goes: sums over its last rounds.</summary>
internal sealed class StageTimes
{
    private const int Kept = 20;
    private readonly Lock _lock = new();
    private readonly Queue<RoundTimes> _rounds = new();

    public void Add(RoundTimes round)
    {
        lock (_lock)
        {
            _rounds.Enqueue(round);
            if (_rounds.Count > Kept)
                _rounds.Dequeue();
        }
    }

    /// <summary>Means over the last rounds; all zero before the first.</summary>
    public RoundTimes Mean()
    {
        lock (_lock)
        {
            var n = Math.Max(1, _rounds.Count);
            return new(
                _rounds.Sum(r => r.Images) / n,
                _rounds.Sum(r => r.Data) / n,
                _rounds.Sum(r => r.Compute) / n,
                _rounds.Sum(r => r.Exchange) / n,
                _rounds.Sum(r => r.Wait) / n,
                _rounds.Sum(r => r.Apply) / n
            );
        }
    }
}

/// <summary>One round of one trainer: images it computed, and seconds by stage.</summary>
internal readonly record struct RoundTimes(
    double Images,
    double Data,
    double Compute,
    double Exchange,
    double Wait,
    double Apply
)
{
    /// <summary>Seconds in all.</summary>
    public double Total => Data + Compute + Exchange + Wait + Apply;

    public static RoundTimes operator +(RoundTimes a, RoundTimes b) =>
        new(
            a.Images + b.Images,
            a.Data + b.Data,
            a.Compute + b.Compute,
            a.Exchange + b.Exchange,
            a.Wait + b.Wait,
            a.Apply + b.Apply
        );
}

namespace MMOrleans.Grains.Telemetry;

/// <summary>Which spans a run asks for.</summary>
internal enum TraceChoice
{
    None,
    Sampled,
    All,
}

/// <summary>Says, once a round is over, whether its spans are worth keeping.</summary>
/// <param name="choice">None, a sample, or all.</param>
/// <param name="every">Of a sample: the first round of an epoch and every so many after it.</param>
internal sealed class RoundSampling(TraceChoice choice, int every)
{
    private const double SlowFactor = 3;
    private const int Remembered = 101;
    private const int MedianNeeds = 10;

    private readonly Queue<double> _recent = new();

    /// <summary>The decision, and for the curious the reason.</summary>
    public (bool Keep, string Reason) Decide(int roundOfEpoch, TimeSpan elapsed, bool failed)
    {
        var median = Median();
        _recent.Enqueue(elapsed.TotalSeconds);
        if (_recent.Count > Remembered)
        {
            _recent.Dequeue();
        }

        return choice switch
        {
            TraceChoice.None => (false, "no traces"),
            TraceChoice.All => (true, "all traces"),
            _ when failed => (true, "failed"),
            _ when elapsed.TotalSeconds > SlowFactor * median => (true, "slow"),
            _ when roundOfEpoch % every == 0 => (true, "sampled"),
            _ => (false, "ordinary"),
        };
    }

    private double Median()
    {
        if (_recent.Count < MedianNeeds)
        {
            return double.PositiveInfinity;
        }

        var sorted = _recent.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

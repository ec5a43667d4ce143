using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Results that a trainer without a state reads along, so that a copied state can be brought up to date from them.</summary>
internal sealed class ReadAhead(ExchangePlan plan)
{
    private readonly Dictionary<long, Result> _results = [];
    private readonly bool[] _registered = new bool[plan.Segments.Length];

    /// <summary>One a segment.</summary>
    public Reading[] Segments { get; private set; } = [.. plan.Segments.Select(_ => new Reading())];

    /// <summary>Results that are kept, whole or in part.</summary>
    public int Results => _results.Count;

    /// <summary>First round whose result will be had from every segment.</summary>
    public long From { get; private set; } = -1;

    /// <summary>Whether every segment has said that results from <see cref="From"/> on can be had.</summary>
    public bool IsRegistered => From >= 0 && Array.TrueForAll(_registered, r => r);

    /// <summary>Begins anew with a later round.</summary>
    public void Begin(long round)
    {
        From = round;
        _results.Clear();
        Array.Clear(_registered);
        foreach (var segment in Segments)
            segment.Next = round;
    }

    /// <summary>A segment waits for the round, or has it.</summary>
    public void Register(int segment) => _registered[segment] = true;

    /// <summary>Where one segment's result belongs; empty when it is not wanted.</summary>
    public Span<byte> Room(int segment, long round)
    {
        if (round != Segments[segment].Next)
            return [];
        if (!_results.TryGetValue(round, out var result))
            _results.Add(
                round,
                result = new(new byte[plan.VectorBytes(ExchangeKind.Round)], new bool[plan.Segments.Length])
            );
        var (shape, offset) = plan.Segments[segment];
        return result.Bytes.AsSpan(offset, shape.Elements * shape.ElementBytes);
    }

    /// <summary>One segment's result is in its <see cref="Room"/>.</summary>
    public void Add(int segment, long round, EpochSums total)
    {
        if (round != Segments[segment].Next)
            return;
        var result = _results[round];
        result.Has[segment] = true;
        result.Total = total;
        Segments[segment].Next = round + 1;
        Register(segment);
    }

    /// <summary>A whole result; null while a segment's part is missing.</summary>
    public (byte[] Averaged, EpochSums Total)? Find(long round) =>
        _results.TryGetValue(round, out var result) && Array.TrueForAll(result.Has, h => h)
            ? (result.Bytes, result.Total)
            : null;

    /// <summary>What is being read of one segment.</summary>
    internal sealed class Reading
    {
        public string Key { get; set; } = "";
        public long Next { get; set; }
        public bool Asked { get; set; }
        public DateTimeOffset RetryAt { get; set; }
        public DateTimeOffset? SilentSince { get; set; }
    }

    private sealed class Result(byte[] bytes, bool[] has)
    {
        public byte[] Bytes => bytes;
        public bool[] Has => has;
        public EpochSums Total { get; set; }
    }
}

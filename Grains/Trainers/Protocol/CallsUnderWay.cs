using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>Calls to segments that are not answered yet, and those among them that nobody need wait for any longer.</summary>
/// <remarks>
/// A call that is lost with its connection fails only after Orleans' own limit, which is made for calls that work. Calls to one silo wait
/// behind one another on the line: as long as it answers some of them, the others are on their way.
/// </remarks>
/// <param name="limit">How long a silo may owe an answer without giving any.</param>
internal sealed class CallsUnderWay(TimeSpan limit)
{
    private readonly HashSet<SegmentCall> _calls = [];
    private readonly Dictionary<string, DateTimeOffset> _heard = []; // by silo
    private DateTimeOffset _lookAt = DateTimeOffset.MinValue;

    public int Count => _calls.Count;

    /// <summary>Silos that have answered something.</summary>
    public int Silos => _heard.Count;

    public void Begin(SegmentCall call) => _calls.Add(call);

    /// <summary>It was answered, or has failed.</summary>
    /// <returns>False when it had been given up before.</returns>
    public bool End(SegmentCall call) => _calls.Remove(call);

    /// <summary>A grain answered something.</summary>
    /// <param name="key">A segment's or a trainer's.</param>
    /// <param name="now">Time.</param>
    public void Heard(string key, DateTimeOffset now) => _heard[PinnedKey.Silo(key)] = now;

    /// <summary>Calls that are given up, and since when their silos have been silent.</summary>
    public IReadOnlyList<(SegmentCall Call, DateTimeOffset Since)> GiveUp(DateTimeOffset now)
    {
        if (now < _lookAt)
            return [];
        _lookAt = now + TrainerProtocol.Pause;
        var overdue = _calls
            .Where(call => now - call.SentAt > limit)
            .Select(call => (Call: call, Since: Later(call.SentAt, HeardOf(call.Key))))
            .Where(silent => now - silent.Since > limit)
            .ToList();
        _calls.ExceptWith(overdue.Select(silent => silent.Call));
        return overdue;
    }

    private DateTimeOffset HeardOf(string key) => _heard.GetValueOrDefault(PinnedKey.Silo(key));

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) =>
        one > other ? one : other;
}

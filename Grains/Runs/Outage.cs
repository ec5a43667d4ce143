using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Runs;

/// <summary>A store that a run lives beside, as the run sees it: there, away, and back after so long.</summary>
/// <param name="store">Such as <c>Redis</c>.</param>
internal sealed class Outage(string store)
{
    private DateTimeOffset? _since;
    private long _round;

    /// <summary>Takes in how it is now.</summary>
    /// <param name="fault">Since when it is away and why; null when it is there.</param>
    /// <param name="now">The time.</param>
    /// <param name="round">Completed rounds.</param>
    /// <returns>What to tell: that it went or came; null when nothing changed.</returns>
    public (string Message, Incident Incident)? See(
        (DateTimeOffset Since, string Cause)? fault,
        DateTimeOffset now,
        long round
    )
    {
        if (fault is var (since, cause))
        {
            if (_since is not null)
                return null;
            (_since, _round) = (since, round);
            return ($"{cause}; training goes on", new StoreLost(store, cause));
        }

        if (_since is not { } began)
            return null;
        _since = null;
        var back = new StoreBack(store, (now - began).TotalSeconds, round - _round);
        return ($"{store} is back after {back.Seconds:F1} s, {back.Rounds} rounds later", back);
    }
}

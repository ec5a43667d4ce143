namespace MMOrleans.Grains.Coordination;

/// <summary>How many rounds are done between two heartbeats, and so for which round a change of leases is announced.</summary>
/// <param name="beat">Usual time between two heartbeats.</param>
internal sealed class RoundPace(TimeSpan beat)
{
    private DateTimeOffset _at;
    private long _round;
    private long _pace;

    /// <summary>Rounds from now on that a change of leases is announced for, so that every heartbeat has carried it by then.</summary>
    public long Ahead => 2 + (2 * _pace);

    /// <summary>Takes note of how far the run is.</summary>
    /// <param name="round">Rounds that the furthest trainer has completed.</param>
    /// <param name="now">The time.</param>
    /// <param name="resumed">When the coordinator last went on after a standstill: what was done meanwhile is the pace of no heartbeat.</param>
    public void Note(long round, DateTimeOffset now, DateTimeOffset resumed)
    {
        if (now - _at < beat)
            return;
        var pace = now - resumed < 2 * beat ? _pace : Math.Max(0, round - _round);
        (_pace, _round, _at) = (pace, round, now);
    }
}

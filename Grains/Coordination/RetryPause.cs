namespace MMOrleans.Grains.Coordination;

/// <summary>When a step that failed is tried again: soon at first, then less and less often.</summary>
internal sealed class RetryPause(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private long _failedAt;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Whether the step may be tried.</summary>
    public bool IsOver => Failures == 0 || clock.GetElapsedTime(_failedAt) >= Length;

    /// <summary>It failed.</summary>
    public void Failed() => (Failures, _failedAt) = (Failures + 1, clock.GetTimestamp());

    /// <summary>It succeeded: the next failure is a first one.</summary>
    public void Succeeded() => Failures = 0;

    // Doubled five times it is longer than the longest.
    private TimeSpan Length =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(Failures - 1, 5)));
}

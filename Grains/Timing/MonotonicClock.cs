namespace MMOrleans.Grains.Timing;

/// <summary>The time that intervals are decided by: it begins where the wall clock stands, and never jumps or goes back after that.</summary>
/// <remarks>
/// A wall clock that is set forward would make everybody silent at once, and one that is set back nobody for as long. What this one says
/// is compared with itself only: it is never written down, sent or shown.
/// </remarks>
internal sealed class MonotonicClock(TimeProvider clock)
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly long _stamp = clock.GetTimestamp();

    /// <summary>Monotonic time.</summary>
    public DateTimeOffset Now => _start + clock.GetElapsedTime(_stamp);

    /// <summary>The same moment for people and for intervals.</summary>
    public Moment Moment => new(clock.GetUtcNow(), Now);
}

/// <summary>One moment.</summary>
/// <param name="Wall">As people read it: what is written down.</param>
/// <param name="Monotonic">What intervals are decided by.</param>
internal readonly record struct Moment(DateTimeOffset Wall, DateTimeOffset Monotonic)
{
    /// <summary>A moment of a world in which nobody sets the clock.</summary>
    public static Moment Of(DateTimeOffset time) => new(time, time);
}

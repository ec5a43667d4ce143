namespace MMOrleans.Grains.Timing;

/// <summary>Time during which this process ran. While it stood still, no time passed.</summary>
/// <remarks>
/// A process that stands still hears from no one, and would take its own standstill for the others' silence. A gap between two looks
/// counts as one look then, not as nothing: a process that stumbles all the time still finds, later, who has gone.
/// </remarks>
/// <param name="look">Time between two looks; a gap longer than two of them is a standstill.</param>
internal sealed class AttendedTime(TimeSpan look)
{
    private DateTimeOffset? _last;
    private TimeSpan _missed;

    /// <summary>When it last went on after a standstill, in the time that <see cref="At"/> returns; long ago when it never stood still.</summary>
    /// <remarks>Standstills in quick succession count as one: a process that stumbles all the time would always have just gone on.</remarks>
    public DateTimeOffset Resumed { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The process looks at the others now.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <returns>Now, less what it stood still for.</returns>
    public DateTimeOffset At(DateTimeOffset now)
    {
        var gap = now - (_last ?? now);
        _last = now;
        if (gap > 2 * look)
        {
            _missed += gap - look;
            if (now - _missed - (4 * look) > Resumed)
                Resumed = now - _missed;
        }

        return now - _missed;
    }
}

namespace MMOrleans.Grains.Timing;

/// <summary>Time as somebody lives it who looks at others twice a second: while its process did not run, no time passed.</summary>
/// <remarks>
/// Whoever stands still hears nobody, and would take its own standstill for everybody's silence. A gap between two looks counts as one
/// look then, not as nothing: whoever stumbles all the time still finds, later, who has gone.
/// </remarks>
/// <param name="look">Time between two looks; a gap longer than two of them is a standstill.</param>
internal sealed class AttendedTime(TimeSpan look)
{
    private DateTimeOffset? _last;
    private TimeSpan _missed;

    /// <summary>It looks now.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <returns>Now, less what it stood still for.</returns>
    public DateTimeOffset At(DateTimeOffset now)
    {
        var gap = now - (_last ?? now);
        if (gap > 2 * look)
            _missed += gap - look;
        _last = now;
        return now - _missed;
    }
}

namespace MMOrleans.Bench;

/// <summary>How many schedules are played.</summary>
/// <param name="Time">No seed is begun after it.</param>
/// <param name="Seeds">Most seeds.</param>
internal sealed record ScheduleLimit(TimeSpan Time, int Seeds)
{
    public override string ToString() =>
        Seeds == int.MaxValue ? $"{Time.TotalMinutes} min" : $"{Seeds} seeds of each";
}

namespace MMOrleans.Grains.Trainers;

/// <summary>Notices that this process did not run for a while: what it does twice a second came seconds late.</summary>
/// <param name="heartbeat">How long the wait between two heartbeats is to be.</param>
/// <param name="patience">With a call; also what the wait may be late by before it is told.</param>
internal sealed class StallWatch(TimeSpan heartbeat, TimeSpan patience)
{
    /// <summary>How long it stood still during one call and the wait after it; null when it did not.</summary>
    /// <param name="called">Time that the call took, which is given up after the patience.</param>
    /// <param name="waited">Time that the wait took.</param>
    public TimeSpan? Stood(TimeSpan called, TimeSpan waited)
    {
        // A call may take its patience without anybody standing still.
        var late = (called - patience, waited - heartbeat);
        var longest = late.Item1 > late.Item2 ? late.Item1 + patience : late.Item2;
        return late.Item1 > patience || late.Item2 > patience ? longest : null;
    }
}

namespace MMOrleans.Grains.Tests.Timing;

/// <summary>The machine's time, whose wall clock somebody sets; its timestamps and timers know nothing of it.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long _offset;

    public void Step(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));
}

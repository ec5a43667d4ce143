namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Virtual time: what is planned happens in order, at once.</summary>
internal sealed class Timeline : TimeProvider
{
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _planned = new();
    private long _order;

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => Now;

    public void After(TimeSpan delay, Action action) => _planned.Enqueue(action, (Now + delay, _order++));

    /// <summary>Runs until <paramref name="done"/> or <paramref name="end"/>.</summary>
    /// <returns>Whether it was done.</returns>
    public bool Run(Func<bool> done, DateTimeOffset end)
    {
        while (!done())
        {
            if (!_planned.TryDequeue(out var action, out var key) || key.At > end)
                return false;
            Now = key.At;
            action();
        }

        return true;
    }
}

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Virtual time: what is planned happens in order, at once. Its wall clock may be set, which moves nothing else.</summary>
internal sealed class Timeline : TimeProvider
{
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _planned = new();
    private long _order;
    private TimeSpan _setBy;

    /// <summary>Monotonic time.</summary>
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>What the wall clock says.</summary>
    public DateTimeOffset Wall => Now + _setBy;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => Wall;

    /// <summary>Sets the wall clock forward, or back.</summary>
    public void Set(TimeSpan by) => _setBy += by;

    public void After(TimeSpan delay, Action action) => _planned.Enqueue(action, (Now + delay, _order++));

    /// <inheritdoc/>
    public override ITimer CreateTimer(
        TimerCallback callback,
        object? state,
        TimeSpan dueTime,
        TimeSpan period
    ) => new Once(this, () => callback(state), dueTime);

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

    /// <summary>Rings once, as whoever waits with a limit wants it.</summary>
    private sealed class Once : ITimer
    {
        private bool _isOff;

        public Once(Timeline time, Action ring, TimeSpan after) =>
            time.After(
                after,
                () =>
                {
                    if (!_isOff)
                        ring();
                }
            );

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => _isOff = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

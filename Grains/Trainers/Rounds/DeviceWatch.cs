using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Timing;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>Has a device do a session's work, and knows for how long it has been at a piece of it.</summary>
/// <remarks>
/// One piece at a time. A kernel that never ends leaves its thread inside it, where nothing but the clock shows it. A process that stood
/// still has a device that did: that time is none of the piece's.
/// </remarks>
/// <param name="thread">The device's.</param>
/// <param name="clock">Time.</param>
/// <param name="look">The longest between two looks at the load of a process that runs.</param>
internal sealed class DeviceWatch(DeviceThread thread, TimeProvider clock, TimeSpan look)
{
    private const int PiecesKept = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceWork, Queue<double>> _lately = []; // s a unit
    private readonly MonotonicClock _clock = new(clock);
    private readonly AttendedTime _time = new(look);
    private (DeviceWork Kind, int Units, DateTimeOffset Since)? _now;

    /// <summary>What the device is at; null when nothing was asked of it.</summary>
    public DeviceLoad? Load
    {
        get
        {
            lock (_lock)
                return _now is { } piece
                    ? new(
                        (_time.At(_clock.Now) - piece.Since).TotalSeconds,
                        Median(_lately.GetValueOrDefault(piece.Kind)) * piece.Units
                    )
                    : null;
        }
    }

    /// <summary>Runs a piece of work on the device's thread.</summary>
    /// <param name="kind">What it is compared with.</param>
    /// <param name="units">Its size: slots, images.</param>
    /// <param name="work">The work.</param>
    public async Task<T> RunAsync<T>(DeviceWork kind, int units, Func<T> work)
    {
        var since = clock.GetTimestamp();
        lock (_lock)
            _now = (kind, units, _time.At(_clock.Now));
        try
        {
            return await thread.RunAsync(work, CancellationToken.None);
        }
        finally
        {
            lock (_lock)
            {
                _now = null;
                if (!_lately.TryGetValue(kind, out var lately))
                    _lately.Add(kind, lately = new());
                lately.Enqueue(clock.GetElapsedTime(since).TotalSeconds / units);
                if (lately.Count > PiecesKept)
                    lately.Dequeue();
            }
        }
    }

    private static double Median(Queue<double>? values) =>
        values is { Count: > 0 } ? values.Order().ElementAt(values.Count / 2) : 0;
}

/// <summary>Work that takes about as long each time.</summary>
internal enum DeviceWork
{
    /// <summary>Slots of a round.</summary>
    Slots,

    /// <summary>Test images.</summary>
    Evaluation,

    /// <summary>The step with an average.</summary>
    Step,

    /// <summary>The numbers of an epoch.</summary>
    Epoch,
}

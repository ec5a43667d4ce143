using MMOrleans.Grains.Interfaces.Coordination;

namespace MMOrleans.Grains.Coordination;

/// <summary>Tells a device that hangs from one that is slow: its trainer heartbeats on beside it, and everybody waits for its slots.</summary>
internal static class HungDevice
{
    private const int TimesTheUsual = 10;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan First = TimeSpan.FromMinutes(5); // loads and compiles kernels; there is nothing to compare it with

    /// <summary>Whether a device has been at one piece of work for longer than it can be believed to take.</summary>
    public static bool Is(Heartbeat? heartbeat) =>
        heartbeat?.Computing is { } load && TimeSpan.FromSeconds(load.Seconds) > Limit(load);

    /// <summary>Why that is believed, as a clause.</summary>
    public static string Reason(DeviceLoad load) =>
        load.UsualSeconds > 0
            ? $"its device has been at one piece of work for {load.Seconds:F0} s, which took {load.UsualSeconds:F1} s before"
            : $"its device has been at its first piece of work for {load.Seconds:F0} s";

    private static TimeSpan Limit(DeviceLoad load) =>
        load.UsualSeconds > 0
            ? TimeSpan.FromSeconds(Math.Max(Least.TotalSeconds, TimesTheUsual * load.UsualSeconds))
            : First;
}

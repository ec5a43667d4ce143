namespace MMOrleans.Silo;

/// <summary>The time that Orleans' membership and its watchdog measure with, from zero at the start of the silo.</summary>
/// <remarks>
/// The watchdog starts the thread that compares two readings before it has taken the first, which is zero then. On the system's clock zero is
/// the start of the machine: every silo began with a warning of a "lock contention" as long as the machine had run, and counted it against
/// its own health. On this clock zero is a moment ago, and what the watchdog finds later is as true as before.
/// </remarks>
internal sealed class MembershipClock : TimeProvider
{
    /// <summary>The key under which Orleans asks for it.</summary>
    public const string Key = "Orleans.Membership";

    private readonly long _start = System.GetTimestamp();

    /// <inheritdoc/>
    public override long GetTimestamp() => System.GetTimestamp() - _start;
}

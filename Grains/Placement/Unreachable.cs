namespace MMOrleans.Grains.Placement;

/// <summary>Tells calls that did not get through, or whose outcome is unknown, from those that failed.</summary>
/// <remarks>
/// What the store behind a grain throws is not here: that grain was reached, and each kind of store has exceptions of its own. Who repeats
/// a step until it succeeds, beside the rounds, catches everything; only what is thrown on to a caller is told apart by this.
/// </remarks>
internal static class Unreachable
{
    public static bool Is(Exception exception) =>
        exception is TimeoutException or OrleansException or SiloNotPresentException;

    /// <summary>Whether the call came back because nothing listens where it went: a process that stands still lets a caller wait instead.</summary>
    public static bool Refuses(Exception exception) => Is(exception) && exception is not TimeoutException;
}

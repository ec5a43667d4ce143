namespace MMOrleans.Grains.Placement;

/// <summary>Tells calls that did not get through, or whose outcome is unknown, from those that failed.</summary>
internal static class Unreachable
{
    public static bool Is(Exception exception) =>
        exception is TimeoutException or OrleansException or SiloNotPresentException;
}

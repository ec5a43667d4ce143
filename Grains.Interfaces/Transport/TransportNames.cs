namespace MMOrleans.Grains.Interfaces.Transport;

/// <summary>How vectors get from one silo to another, in the words that people, metrics, traces and documents have for it.</summary>
/// <remarks>Words and not numbers, so that one which a newer silo says is shown by an older one as it is.</remarks>
public static class TransportNames
{
    /// <summary>Inside a silo they are handed over.</summary>
    public const string None = "none";

    /// <summary>Silos of one machine read them where they lie.</summary>
    public const string Memory = "memory";

    /// <summary>They go over a connection of their own, beside the grain calls.</summary>
    public const string Connection = "connection";

    /// <summary>Their bytes are in the grain calls.</summary>
    public const string Calls = "calls";

    /// <summary>Those between two silos, in the order in which they are shown.</summary>
    public static ImmutableArray<string> BetweenSilos { get; } = [Memory, Connection, Calls];

    /// <summary>Each once, in the order in which they are shown; unknown ones last.</summary>
    public static IEnumerable<string> InOrder(IEnumerable<string> transports) =>
        transports.Distinct().OrderBy(Place).ThenBy(transport => transport, StringComparer.Ordinal);

    private static int Place(string transport) =>
        transport == None ? -1
        : BetweenSilos.IndexOf(transport) is >= 0 and var place ? place
        : BetweenSilos.Length;
}

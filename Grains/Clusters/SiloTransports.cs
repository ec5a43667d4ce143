using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Grains.Clusters;

/// <summary>Adds to the description of every silo how its vectors get to the others.</summary>
internal static class SiloTransports
{
    /// <param name="silos">All members.</param>
    /// <param name="ask">Asks a silo, by its name.</param>
    public static async Task<ImmutableArray<SiloDescription>> AddAsync(
        ImmutableArray<SiloDescription> silos,
        Func<string, Task<ImmutableArray<TransportUse>>> ask
    )
    {
        var answers = await Task.WhenAll(silos.Select(silo => TryAsync(silo.Name, ask)));
        return
        [
            .. silos.Zip(
                answers,
                (silo, used) => silo with { Transports = used is null ? null : Of(silo, silos, used) }
            ),
        ];
    }

    /// <summary>Every other member: by transport, and last those that nothing was sent to.</summary>
    private static ImmutableArray<TransportUse> Of(
        SiloDescription silo,
        ImmutableArray<SiloDescription> silos,
        IReadOnlyDictionary<string, string> used
    )
    {
        var order = TransportNames.InOrder(used.Values).ToList();
        return
        [
            .. silos
                .Where(other => other.Name != silo.Name)
                .Select(other => new TransportUse(other.Name, used.GetValueOrDefault(other.Name, "")))
                .OrderBy(use => use.Transport.Length == 0 ? order.Count : order.IndexOf(use.Transport)),
        ];
    }

    private static async Task<IReadOnlyDictionary<string, string>?> TryAsync(
        string silo,
        Func<string, Task<ImmutableArray<TransportUse>>> ask
    )
    {
        try
        {
            return (await ask(silo)).ToDictionary(use => use.Silo, use => use.Transport);
        }
#pragma warning disable CA1031 // It is of an older version, on its way, or gone: the others are shown all the same.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}

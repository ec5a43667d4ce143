using System.Collections.Concurrent;
using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Grains.Transport;

/// <remarks>Which silos this one has sent vectors to, for people who look.</remarks>
internal sealed partial class VectorTransport
{
    private readonly ConcurrentDictionary<string, bool> _partners = new(StringComparer.Ordinal);

    /// <summary>The silos that vectors were sent to and that are there, each with its transport.</summary>
    public ImmutableArray<TransportUse> Uses() =>
        [
            // A trainer may try one once more that is dead already.
            .. _silos
                .GetApproximateSiloStatuses(onlyActive: true)
                .Keys.Select(address => _silos.TryGetSiloName(address, out var silo) ? silo : null)
                .OfType<string>()
                .Distinct()
                .Where(_partners.ContainsKey)
                .Order(StringComparer.Ordinal)
                .Select(silo => new TransportUse(silo, To(silo))),
        ];
}

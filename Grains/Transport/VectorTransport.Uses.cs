using System.Collections.Concurrent;
using MMOrleans.Grains.Interfaces.Transport;

namespace MMOrleans.Grains.Transport;

/// <remarks>
/// Which silos this one has sent vectors to, for people who look. Results count: a silo without segments of a run is sent nothing else.
/// </remarks>
internal sealed partial class VectorTransport
{
    private readonly ConcurrentDictionary<string, string> _sent = new(StringComparer.Ordinal);

    /// <summary>The silos that vectors were sent to and that are there, each with the transport of the last ones.</summary>
    public ImmutableArray<TransportUse> Uses() =>
        [
            // A trainer may try one once more that is dead already.
            .. _silos
                .GetApproximateSiloStatuses(onlyActive: true)
                .Keys.Select(address => _silos.TryGetSiloName(address, out var silo) ? silo : null)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(silo =>
                    _sent.TryGetValue(silo, out var transport) ? new TransportUse(silo, transport) : null
                )
                .OfType<TransportUse>(),
        ];

    private void Sent(string silo, string transport) => _sent[silo] = transport;
}

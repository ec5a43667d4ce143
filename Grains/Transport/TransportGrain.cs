using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Placement;
using Orleans.Placement;

namespace MMOrleans.Grains.Transport;

/// <inheritdoc cref="ITransportGrain"/>
[PinnedToSilo, Immovable]
internal sealed class TransportGrain(VectorTransport transport) : Grain, ITransportGrain
{
    public Task<ImmutableArray<TransportUse>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(transport.Uses());
}

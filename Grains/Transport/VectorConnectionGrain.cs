using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Placement;
using Orleans.Placement;

namespace MMOrleans.Grains.Transport;

/// <inheritdoc cref="IVectorConnectionGrain"/>
[PinnedToSilo, Immovable]
internal sealed class VectorConnectionGrain(VectorListener listener) : Grain, IVectorConnectionGrain
{
    public Task<VectorAddress?> InviteAsync(string silo) => Task.FromResult(listener.Invite(silo));
}

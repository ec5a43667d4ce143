using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Placement;
using Orleans.Placement;

namespace MMOrleans.Grains.Transport;

/// <inheritdoc cref="ISharedMemoryGrain"/>
[PinnedToSilo, Immovable]
internal sealed class SharedMemoryGrain(VectorTransport transport) : Grain, ISharedMemoryGrain
{
    public Task<ArenaAddress?> GreetAsync(string silo, ArenaAddress arena) =>
        Task.FromResult(transport.Greeted(silo, arena));
}

using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace MMOrleans.Grains.Placement;

/// <summary>The grain directory of pinned grains: it knows none, since the silo is a function of the key.</summary>
/// <remarks>
/// Orleans looks a grain up before it places it, also one that no directory ever holds, and its own directory is spread over the silos: the first
/// call to a segment on a healthy silo would wait for whichever silo keeps that part of the directory, which may be the one that
/// is dead, frozen or cut off, and that the segment has just left.
/// </remarks>
internal sealed class PinnedGrainDirectory : IGrainDirectory
{
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}

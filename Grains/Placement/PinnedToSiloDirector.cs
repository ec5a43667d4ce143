using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace MMOrleans.Grains.Placement;

/// <summary>Finds the silo that a key names, among those alive; never another one.</summary>
internal sealed class PinnedToSiloDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    )
    {
        var name = PinnedKey.Silo(target.GrainIdentity.Key.ToString()!);
        var members = membership.CurrentSnapshot.Members;
        // One that died and came back is there twice until the cluster has noticed its death.
        return
            context
                .GetCompatibleSilos(target)
                .Where(silo => members.TryGetValue(silo, out var member) && member.Name == name)
                .MaxBy(silo => silo.Generation)
                is { } newest
            ? Task.FromResult(newest)
            : throw new SiloNotPresentException(name);
    }
}

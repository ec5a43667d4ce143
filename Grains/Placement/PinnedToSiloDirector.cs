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
        foreach (var silo in context.GetCompatibleSilos(target))
            if (members.TryGetValue(silo, out var member) && member.Name == name)
                return Task.FromResult(silo);
        throw new SiloNotPresentException(name);
    }
}

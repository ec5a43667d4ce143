using Orleans.Runtime;

namespace MMOrleans.Grains.Placement;

/// <summary>The strategy behind <see cref="PinnedToSiloAttribute"/>; registers grains in no directory, and looks them up in none (<see cref="PinnedGrainDirectory"/>).</summary>
/// <remarks>
/// With the default directory the death of one silo deactivates healthy grains of the others. Without a directory "one activation"
/// holds because the silo is a pure function of the key.
/// </remarks>
[GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class PinnedToSiloPlacement : PlacementStrategy
{
    public override bool IsUsingGrainDirectory => false;
}

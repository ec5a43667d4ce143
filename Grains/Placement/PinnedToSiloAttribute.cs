using Orleans.Placement;

namespace MMOrleans.Grains.Placement;

/// <summary>Places a grain on the silo that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PinnedToSiloAttribute() : PlacementAttribute(new PinnedToSiloPlacement());

using System.Diagnostics.CodeAnalysis;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.GrainDirectory;

namespace MMOrleans.Grains.Placement;

/// <summary>Keeps lookups of pinned grains on the silo that calls them.</summary>
/// <remarks>Found by the placement's name. With <c>[GrainDirectory]</c>, silos of an older build would look for a directory that they do not have.</remarks>
internal sealed class PinnedGrainDirectoryResolver : IGrainDirectoryResolver
{
    private readonly PinnedGrainDirectory _directory = new();

    public bool TryResolveGrainDirectory(
        GrainType grainType,
        GrainProperties? properties,
        [NotNullWhen(true)] out IGrainDirectory? grainDirectory
    )
    {
        grainDirectory =
            properties?.Properties.GetValueOrDefault(WellKnownGrainTypeProperties.PlacementStrategy)
            == nameof(PinnedToSiloPlacement)
                ? _directory
                : null;
        return grainDirectory is not null;
    }
}

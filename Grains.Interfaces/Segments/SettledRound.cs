using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Interfaces.Segments;

/// <summary>One segment's result of a round that has closed elsewhere.</summary>
/// <param name="Averaged">The averaged numbers.</param>
/// <param name="Total">Scalars of the whole round.</param>
[GenerateSerializer, Immutable, Alias("mm.SettledRound")]
public sealed record SettledRound([property: Id(0)] VectorChunk Averaged, [property: Id(1)] EpochSums Total);

using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Interfaces.Segments;

/// <summary>The sum of the contributions of one aligned range of slots, cut to one segment.</summary>
/// <param name="Slots">A node of the averaging tree.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="Tally">Its scalars; the same in every segment.</param>
[GenerateSerializer, Immutable, Alias("mm.Block")]
public sealed record Block(
    [property: Id(0)] SlotRange Slots,
    [property: Id(1)] VectorChunk Values,
    [property: Id(2)] EpochSums Tally
);

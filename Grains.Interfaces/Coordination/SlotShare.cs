using System.Collections.Immutable;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>One trainer's part of a round.</summary>
/// <param name="Slots">Few aligned blocks; empty for a spare.</param>
/// <param name="Writes">Whether this trainer writes the checkpoints and reports the epochs.</param>
[GenerateSerializer, Immutable, Alias("mm.SlotShare")]
public sealed record SlotShare(
    [property: Id(0)] ImmutableArray<SlotRange> Slots,
    [property: Id(1)] bool Writes
);

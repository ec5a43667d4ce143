namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Where in the memory of another process of this machine the bytes of a chunk are.</summary>
/// <param name="Arena">Which arena; see <see cref="ArenaAddress"/>.</param>
/// <param name="Entry">Which of the arena's versions tells whether the bytes are still there.</param>
/// <param name="Version">What that version has to be, before and after reading.</param>
/// <param name="Offset">First byte, from the start of the arena.</param>
/// <param name="Length">Bytes.</param>
[GenerateSerializer, Immutable, Alias("mm.ChunkReference")]
public readonly record struct ChunkReference(
    [property: Id(0)] ulong Arena,
    [property: Id(1)] int Entry,
    [property: Id(2)] ulong Version,
    [property: Id(3)] long Offset,
    [property: Id(4)] int Length
);

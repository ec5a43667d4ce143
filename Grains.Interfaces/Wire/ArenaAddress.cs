namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>How another process of the same machine maps an arena.</summary>
/// <param name="Process">Process id, as its owner's namespace has it.</param>
/// <param name="Descriptor">The owner's file descriptor.</param>
/// <param name="Arena">Random, and written at the arena's start: what was opened is this arena, or it is not shared.</param>
/// <param name="Length">Bytes that are to be mapped.</param>
[GenerateSerializer, Immutable, Alias("mm.ArenaAddress")]
public readonly record struct ArenaAddress(
    [property: Id(0)] int Process,
    [property: Id(1)] int Descriptor,
    [property: Id(2)] ulong Arena,
    [property: Id(3)] long Length
);

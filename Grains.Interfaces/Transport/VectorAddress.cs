namespace MMOrleans.Grains.Interfaces.Transport;

/// <summary>Where a silo takes vectors over a connection of its own, for one caller and once.</summary>
/// <param name="Host">Address.</param>
/// <param name="Port">Port.</param>
/// <param name="Key">What the caller says first: a secret that was told in a grain call.</param>
/// <param name="Connection">Random name of the connection to be; <see cref="Wire.ChunkReference.Arena"/> of what comes over it.</param>
[GenerateSerializer, Immutable, Alias("mm.VectorAddress")]
public sealed record VectorAddress(
    [property: Id(0)] string Host,
    [property: Id(1)] int Port,
    [property: Id(2)] UInt128 Key,
    [property: Id(3)] ulong Connection
);

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>One trainer's state in a dispute.</summary>
/// <param name="Trainer">Whose.</param>
/// <param name="Hash">128-bit hash of it.</param>
[GenerateSerializer, Immutable, Alias("mm.DisputedState")]
public sealed record DisputedState([property: Id(0)] string Trainer, [property: Id(1)] UInt128 Hash);

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>A segment or trainer that owes an answer.</summary>
/// <param name="Key">Its grain key, which names its silo.</param>
/// <param name="Seconds">For how long, s; longer than a poll may take.</param>
[GenerateSerializer, Immutable, Alias("mm.SilentGrain")]
public readonly record struct SilentGrain([property: Id(0)] string Key, [property: Id(1)] double Seconds);

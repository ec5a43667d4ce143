namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>What a request to train would begin with; nothing was started.</summary>
/// <param name="Fault">Null when it would be accepted.</param>
/// <param name="Available">Training images by class as they lie there; empty with a fault.</param>
/// <param name="Kept">Those that the imbalance leaves; empty with a fault.</param>
[GenerateSerializer, Immutable, Alias("mm.RunRehearsal")]
public sealed record RunRehearsal(
    [property: Id(0)] Fault? Fault,
    [property: Id(1)] ImmutableArray<int> Available,
    [property: Id(2)] ImmutableArray<int> Kept
);

namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>How far a silo's drain is.</summary>
/// <param name="IsKnown">Whether there is such a silo.</param>
/// <param name="IsDone">Nobody waits for it any more: it may end.</param>
/// <param name="Busy">Trainers that still belong to a run.</param>
[GenerateSerializer, Immutable, Alias("mm.DrainAnswer")]
public sealed record DrainAnswer(
    [property: Id(0)] bool IsKnown,
    [property: Id(1)] bool IsDone,
    [property: Id(2)] ImmutableArray<string> Busy
);

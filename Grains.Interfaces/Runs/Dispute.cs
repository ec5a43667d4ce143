namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>States that differed after the same round without a majority for one.</summary>
/// <param name="Round">Rounds completed then.</param>
/// <param name="States">What everybody had.</param>
[GenerateSerializer, Immutable, Alias("mm.Dispute")]
public sealed record Dispute(
    [property: Id(0)] long Round,
    [property: Id(1)] ImmutableArray<DisputedState> States
);

using System.Collections.Immutable;

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>What a trainer goes on with by itself when its coordinator is silent and its rounds stand: slots and segments without the coordinator's silo.</summary>
/// <remarks>Its term is the lease's plus one. Coordinators use even terms only, so that any later one is newer.</remarks>
/// <param name="Share">What the trainer computes.</param>
/// <param name="Segments">Grain key of every segment, as in the lease.</param>
/// <param name="StateFrom">Trainer to copy the state from, where this one has none; null when nobody else has one.</param>
[GenerateSerializer, Immutable, Alias("mm.FallbackLease")]
public sealed record FallbackLease(
    [property: Id(0)] SlotShare Share,
    [property: Id(1)] ImmutableArray<string> Segments,
    [property: Id(2)] string? StateFrom
);

using System.Collections.Immutable;

namespace MMOrleans.Grains.Interfaces.Coordination;

/// <summary>The slots and segments that a trainer takes by itself when its coordinator does not answer and its round makes no progress. None is on the coordinator's silo.</summary>
/// <remarks>Its term is the lease's plus one. Coordinators use even terms only, so that any later one is newer.</remarks>
/// <param name="Share">What the trainer computes.</param>
/// <param name="Segments">Grain key of every segment, as in the lease.</param>
/// <param name="StateFrom">A trainer with slots of the fallback, whose state this one may copy; null when there is no other.</param>
[GenerateSerializer, Immutable, Alias("mm.FallbackLease")]
public sealed record FallbackLease(
    [property: Id(0)] SlotShare Share,
    [property: Id(1)] ImmutableArray<string> Segments,
    [property: Id(2)] string? StateFrom
);

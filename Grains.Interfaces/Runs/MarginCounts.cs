namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>Test images by margin and shot group: below −R, bins of equal width over [−R, R), R and above.</summary>
/// <param name="Range">R.</param>
/// <param name="Many">Images of the classes with many training images; empty for a group without classes.</param>
/// <param name="Medium">Of the middle group.</param>
/// <param name="Few">Of the rarest group.</param>
[GenerateSerializer, Immutable, Alias("mm.MarginCounts")]
public sealed record MarginCounts(
    [property: Id(0)] double Range,
    [property: Id(1)] ImmutableArray<long> Many,
    [property: Id(2)] ImmutableArray<long> Medium,
    [property: Id(3)] ImmutableArray<long> Few
);

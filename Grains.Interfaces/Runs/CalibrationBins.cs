namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>Test images by the confidence of their prediction, in bins of equal width over [0, 1].</summary>
/// <param name="Images">Images of every bin.</param>
/// <param name="Correct">Those of them that were classified rightly.</param>
/// <param name="Confidence">Σ of their confidences.</param>
[GenerateSerializer, Immutable, Alias("mm.CalibrationBins")]
public sealed record CalibrationBins(
    [property: Id(0)] ImmutableArray<long> Images,
    [property: Id(1)] ImmutableArray<long> Correct,
    [property: Id(2)] ImmutableArray<double> Confidence
);

namespace MMOrleans.Runs.Epochs;

/// <summary>Test images of one evaluation by the confidence of their prediction, in bins of equal width over [0, 1].</summary>
/// <param name="Images">Images of every bin.</param>
/// <param name="Correct">Those of them that were classified rightly.</param>
/// <param name="Confidence">Σ of their confidences.</param>
public sealed record CalibrationRecord(
    IReadOnlyList<long> Images,
    IReadOnlyList<long> Correct,
    IReadOnlyList<double> Confidence
);

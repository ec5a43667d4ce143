namespace MMOrleans.Learning.Datasets;

/// <summary>What is known of a published or generated data set before its images are read.</summary>
/// <param name="Side">Pixels across and down.</param>
/// <param name="Classes">K.</param>
/// <param name="TrainPerClass">Training images of each class.</param>
/// <param name="TestImages">Test images of all classes.</param>
/// <param name="Mean">Of red, green and blue in [0, 1], for normalising.</param>
/// <param name="StandardDeviation">Of the same, above 0.</param>
public sealed record DatasetShape(
    int Side,
    int Classes,
    int TrainPerClass,
    int TestImages,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> StandardDeviation
);

using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Silo;

/// <summary>A network whose classifier was computed, and what it is worth.</summary>
/// <param name="Layout">What the vectors' elements mean.</param>
/// <param name="Parameters">[P].</param>
/// <param name="Buffers">[B].</param>
/// <param name="Counts">Training images of every class.</param>
/// <param name="ClassNames">Names of the classes.</param>
/// <param name="ManifestHash">Identity of the images.</param>
/// <param name="Train">On the training images, in evaluation mode.</param>
/// <param name="Test">On the test images.</param>
public sealed record ComputedClassifier(
    StateLayout Layout,
    float[] Parameters,
    float[] Buffers,
    IReadOnlyList<int> Counts,
    IReadOnlyList<string> ClassNames,
    string ManifestHash,
    Evaluation Train,
    Evaluation Test
)
{
    /// <summary>What the images' files were found to hold.</summary>
    public ImageInventory Inventory { get; init; } = ImageInventory.Nothing;
}

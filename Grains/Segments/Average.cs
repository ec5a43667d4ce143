using System.Numerics.Tensors;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Segments;

/// <summary>The one division of a round, after the tree.</summary>
internal static class Average
{
    /// <summary>
    /// Divides gradients by Σ w and everything else by the images. Averaging each trainer's own mean instead would be biased
    /// towards head classes as soon as the weights differ.
    /// </summary>
    public static void Divide(
        ReadOnlySpan<float> sum,
        EpochSums tally,
        int byDenominator,
        Span<float> average
    )
    {
        TensorPrimitives.Divide(sum[..byDenominator], (float)tally.Denominator, average[..byDenominator]);
        TensorPrimitives.Divide(sum[byDenominator..], (float)tally.Images, average[byDenominator..]);
    }
}

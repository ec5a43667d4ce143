using System.Numerics.Tensors;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Segments;

/// <summary>The one division of a round, after the tree.</summary>
internal static class Average
{
    private const int Stretch = 2048; // numbers that stay in the nearest cache from the sum to the division

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

    /// <summary>The same of the sum of two vectors, to the same bits: memory is gone through once.</summary>
    public static void Divide(
        ReadOnlySpan<float> left,
        ReadOnlySpan<float> right,
        EpochSums tally,
        int byDenominator,
        Span<float> average
    )
    {
        for (var start = 0; start < average.Length; start += Stretch)
        {
            var length = Math.Min(Stretch, average.Length - start);
            var stretch = average.Slice(start, length);
            TensorPrimitives.Add(left.Slice(start, length), right.Slice(start, length), stretch);
            Divide(stretch, tally, Math.Clamp(byDenominator - start, 0, length), stretch);
        }
    }
}

using System.Numerics.Tensors;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Segments;

/// <summary>The end of a round: the sums next to the tree's root, and the one division after it.</summary>
internal static class Average
{
    private const int Stretch = 2048; // numbers that stay in the nearest cache from the first sum to the division

    /// <summary>
    /// Divides gradients by Σ w and everything else by the images. Averaging each trainer's own mean instead would be biased
    /// towards head classes as soon as the weights differ.
    /// </summary>
    public static void Divide(LastSums<float> sums, EpochSums tally, int byDenominator, Span<float> average)
    {
        Span<float> spare = stackalloc float[Stretch];
        for (var start = 0; start < average.Length; start += Stretch)
        {
            var stretch = average.Slice(start, Math.Min(Stretch, average.Length - start));
            var sum = sums.Stretch(start, stretch, spare[..stretch.Length]);
            var weighted = Math.Clamp(byDenominator - start, 0, stretch.Length);
            TensorPrimitives.Divide(sum[..weighted], (float)tally.Denominator, stretch[..weighted]);
            TensorPrimitives.Divide(sum[weighted..], (float)tally.Images, stretch[weighted..]);
        }
    }

    /// <summary>An evaluation's counts are summed and no more.</summary>
    public static void Sum(LastSums<double> sums, Span<double> total)
    {
        var spare = new double[total.Length];
        var sum = sums.Stretch(0, total, spare);
        if (sum != total)
            sum.CopyTo(total);
    }
}

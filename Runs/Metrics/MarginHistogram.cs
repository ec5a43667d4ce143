namespace MMOrleans.Runs.Metrics;

/// <summary>Images by the margin of their true class: its logit minus the best other one.</summary>
/// <remarks>
/// A margin below 0 is an error, above 0 a right answer. <see cref="Bins"/> bins of equal width cover [−R, R); one more on either side
/// counts what lies beyond, so that every image is counted.
/// </remarks>
public sealed class MarginHistogram
{
    /// <summary>Bins over [−R, R). Even, so that 0 is an edge: no bin mixes errors with right answers.</summary>
    public const int Bins = 160;

    /// <summary>Numbers of a histogram: below, the bins, above.</summary>
    public const int Length = Bins + 2;

    /// <param name="range">R, above 0.</param>
    /// <param name="counts">[<see cref="Length"/>] images.</param>
    public MarginHistogram(double range, IReadOnlyList<long> counts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(range);
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.Count, Length);
        (Range, Counts) = (range, counts);
    }

    /// <summary>R.</summary>
    public double Range { get; }

    /// <summary>[<see cref="Length"/>] images: below −R, the bins, R and above.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>Images in all.</summary>
    public long Images => Counts.Sum();

    /// <summary>
    /// The margin that half of the images lie below, as if those of a bin were spread evenly over it; ±R where it lies beyond. Null without
    /// images.
    /// </summary>
    public double? Median
    {
        get
        {
            var (half, below) = (Images / 2.0, 0L);
            if (half == 0)
                return null;
            for (var i = 0; i < Length; i++)
            {
                if (below + Counts[i] >= half && Counts[i] > 0)
                {
                    return i == 0 ? -Range
                        : i == Length - 1 ? Range
                        : Edge(i - 1) + ((half - below) / Counts[i] * Width);
                }

                below += Counts[i];
            }

            return Range;
        }
    }

    private double Width => 2 * Range / Bins;

    /// <summary>Where a margin is counted, in [0, <see cref="Length"/>).</summary>
    /// <param name="range">R.</param>
    /// <param name="margin">Any number, infinities included.</param>
    public static int PlaceOf(double range, double margin) =>
        margin < -range ? 0
        : margin >= range ? Length - 1
        // Counted from 0 outwards, so that no rounding carries a small error over to the right answers.
        : 1 + Math.Clamp((Bins / 2) + (int)Math.Floor(margin / (2 * range) * Bins), 0, Bins - 1);

    /// <summary>That of all images together.</summary>
    /// <param name="parts">One or more, of one range.</param>
    public static MarginHistogram Sum(IReadOnlyList<MarginHistogram> parts) =>
        new(parts[0].Range, [.. Enumerable.Range(0, Length).Select(i => parts.Sum(part => part.Counts[i]))]);

    /// <summary>Shares of the images in fewer and wider bins; what lies beyond is in the first and the last.</summary>
    /// <param name="bins">How many; divides <see cref="Bins"/>.</param>
    /// <returns>[bins], 1 in all; zeros without images.</returns>
    public IReadOnlyList<double> Shares(int bins)
    {
        var shares = new double[bins];
        var images = (double)Math.Max(1, Images);
        for (var i = 0; i < Length; i++)
            shares[Math.Clamp(i - 1, 0, Bins - 1) * bins / Bins] += Counts[i] / images;
        return shares;
    }

    private double Edge(int bin) => -Range + (bin * Width);
}

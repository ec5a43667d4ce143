using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Datasets;

/// <summary>The pretext of rotation pre-training: images turned by quarters, and the number of quarters as their class.</summary>
/// <remarks>
/// Gidaris, Singh, Komodakis, ICLR 2018; for imbalanced data Yang, Xu, NeurIPS 2020 (SSP), whose code turns every image once, by a shuffled
/// sequence of 0, 1, 2, 3 repeated over the batch.
/// </remarks>
public static class Rotation
{
    /// <summary>Classes of the pretext.</summary>
    public const int Classes = 4;

    /// <summary>How an image of a batch is turned: a pure function of (seed, epoch, step) over the whole batch, so that its slots agree.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch as the method counts it.</param>
    /// <param name="step">Step of the epoch.</param>
    /// <param name="rows">Rows of the batch over all slots.</param>
    /// <returns>[rows], quarters in [0, 4): each as often as another, up to one where the rows are not a multiple of four.</returns>
    public static int[] Quarters(long seed, int epoch, int step, int rows)
    {
        // Shuffled, then cut: which quarters a short batch lacks is chance, too.
        var quarters = new int[(rows + Classes - 1) / Classes * Classes];
        for (var i = 0; i < quarters.Length; i++)
            quarters[i] = i % Classes;
        new KeyedRandom(seed, RandomPurpose.Rotation, epoch, step).Shuffle(quarters);
        return quarters[..rows];
    }

    /// <summary>Turns an image counter-clockwise.</summary>
    /// <typeparam name="T">Of its numbers.</typeparam>
    /// <param name="image">[height, width, 3].</param>
    /// <param name="width">Across.</param>
    /// <param name="height">Down.</param>
    /// <param name="quarters">k: turned by k · 90°; 0 … 3.</param>
    /// <param name="target">[height, width, 3], or [width, height, 3] when k is odd; other memory than the image's.</param>
    public static void Turn<T>(ReadOnlySpan<T> image, int width, int height, int quarters, Span<T> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quarters);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(quarters, Classes);
        var (across, down) = quarters % 2 == 0 ? (width, height) : (height, width);
        for (var y = 0; y < down; y++)
        for (var x = 0; x < across; x++)
        {
            var (fromX, fromY) = quarters switch
            {
                0 => (x, y),
                1 => (width - 1 - y, x),
                2 => (width - 1 - x, height - 1 - y),
                _ => (y, height - 1 - x),
            };
            image.Slice(((fromY * width) + fromX) * 3, 3).CopyTo(target.Slice(((y * across) + x) * 3, 3));
        }
    }
}

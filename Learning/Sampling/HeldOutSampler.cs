using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Goes round the held-out images, shuffled afresh each time.</summary>
/// <remarks>An epoch has as many draws as its run's training images and goes on where the one before it stopped.</remarks>
/// <param name="first">Position of the first held-out image; the others follow.</param>
/// <param name="images">Held-out images, 1 or more.</param>
/// <param name="drawsPerEpoch">Draws of an epoch.</param>
/// <param name="seed">The companion's seed.</param>
internal sealed class HeldOutSampler(int first, int images, int drawsPerEpoch, long seed) : ISampler
{
    private readonly int _images =
        images > 0 ? images : throw new ArgumentException("No image is held out.", nameof(images));

    /// <inheritdoc/>
    public int DrawsPerEpoch => drawsPerEpoch;

    /// <inheritdoc/>
    public int[] Draw(int epoch)
    {
        var draws = new int[drawsPerEpoch];
        int[] order = [];
        for (var i = 0; i < draws.Length; i++)
        {
            var (turn, place) = Math.DivRem(((long)epoch * drawsPerEpoch) + i, _images);
            if (i == 0 || place == 0)
            {
                order = [.. Enumerable.Range(first, _images)];
                new KeyedRandom(seed, RandomPurpose.Order, turn).Shuffle(order);
            }

            draws[i] = order[place];
        }

        return draws;
    }
}

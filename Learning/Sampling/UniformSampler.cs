using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Each image once an epoch, freshly shuffled.</summary>
/// <param name="images">Training images.</param>
/// <param name="seed">The run's seed.</param>
public sealed class UniformSampler(int images, long seed) : ISampler
{
    /// <summary><c>uniform</c></summary>
    public static SamplerDefinition Definition { get; } =
        new(
            "uniform",
            "each image once, shuffled",
            (run, labels) => new UniformSampler(labels.Count, run.Seed)
        );

    /// <inheritdoc/>
    public int DrawsPerEpoch => images;

    /// <inheritdoc/>
    public int[] Draw(int epoch)
    {
        var order = new int[images];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        var random = new KeyedRandom(seed, RandomPurpose.Order, epoch);
        random.Shuffle(order);
        return order;
    }
}

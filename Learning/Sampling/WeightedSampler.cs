namespace MMOrleans.Learning.Sampling;

/// <summary>Draws with replacement: a class by its probability, then any image of it.</summary>
/// <remarks>An epoch has as many draws as there are images.</remarks>
public sealed class WeightedSampler : ISampler
{
    private readonly int[][] _images;
    private readonly double[] _probabilities;
    private readonly long _seed;

    /// <param name="labels">Class of every training position.</param>
    /// <param name="kind">As in <see cref="SamplingWeights.PerImage"/>.</param>
    /// <param name="beta">Base of the effective number.</param>
    /// <param name="seed">The run's seed.</param>
    public WeightedSampler(IReadOnlyList<int> labels, string kind, double beta, long seed)
    {
        (_seed, DrawsPerEpoch) = (seed, labels.Count);
        // A class without images is never drawn.
        _images =
        [
            .. Enumerable
                .Range(0, labels.Count)
                .GroupBy(position => labels[position])
                .OrderBy(group => group.Key)
                .Select(group => group.ToArray()),
        ];
        int[] counts = [.. _images.Select(images => images.Length)];
        _probabilities = SamplingWeights.OfClasses(counts, SamplingWeights.PerImage(kind, counts, beta));
    }

    /// <inheritdoc/>
    public int DrawsPerEpoch { get; }

    /// <inheritdoc/>
    public int[] Draw(int epoch)
    {
        var random = new KeyedRandom(_seed, RandomPurpose.Order, epoch);
        var draws = new int[DrawsPerEpoch];
        for (var i = 0; i < draws.Length; i++)
        {
            var left = random.NextDouble();
            var at = 0;
            while (at < _probabilities.Length - 1 && left >= _probabilities[at])
                left -= _probabilities[at++];
            draws[i] = _images[at][random.NextInt(_images[at].Length)];
        }

        return draws;
    }
}

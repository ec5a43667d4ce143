using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Over- and under-sampling: every class gives the same number of draws to an epoch.</summary>
/// <remarks>
/// A class with more images gives the same part of them to every epoch, chosen once; one with fewer gives each image as often as another,
/// and what is left to draw in a fresh choice each epoch. Japkowicz and Stephen 2002; Buda, Maki, Mazurowski 2018.
/// </remarks>
public sealed class ResizedSampler : ISampler
{
    private readonly int[][] _positions;
    private readonly int _perClass;
    private readonly long _seed;

    /// <param name="labels">Class of every training position.</param>
    /// <param name="perClass">Draws of every class in an epoch, by the classes' counts.</param>
    /// <param name="seed">The run's seed.</param>
    public ResizedSampler(IReadOnlyList<int> labels, Func<IEnumerable<int>, int> perClass, long seed)
    {
        var all = new PositionsByClass(labels);
        (_perClass, _seed) = (perClass(all.Counts), seed);
        _positions = [.. Enumerable.Range(0, all.Counts.Length).Select(at => Chosen(all[at], at))];
    }

    /// <summary><c>over</c></summary>
    public static SamplerDefinition Over { get; } =
        Of(
            "over",
            "images of smaller classes repeated until all are as large as the largest",
            Enumerable.Max
        );

    /// <summary><c>under</c></summary>
    public static SamplerDefinition Under { get; } =
        Of("under", "larger classes cut to the size of the smallest", Enumerable.Min);

    /// <inheritdoc/>
    public int DrawsPerEpoch => _perClass * _positions.Length;

    /// <inheritdoc/>
    public int[] Draw(int epoch)
    {
        var draws = new List<int>(DrawsPerEpoch);
        for (var at = 0; at < _positions.Length; at++)
        {
            var (whole, rest) = Math.DivRem(_perClass, _positions[at].Length);
            for (var i = 0; i < whole; i++)
                draws.AddRange(_positions[at]);
            int[] order = [.. _positions[at]];
            new KeyedRandom(_seed, RandomPurpose.Order, epoch, at, 1).Shuffle(order);
            draws.AddRange(order.AsSpan(0, rest));
        }

        int[] shuffled = [.. draws];
        new KeyedRandom(_seed, RandomPurpose.Order, epoch).Shuffle(shuffled);
        return shuffled;
    }

    private int[] Chosen(ReadOnlySpan<int> positions, int at)
    {
        if (positions.Length <= _perClass)
            return [.. positions];
        int[] order = [.. positions];
        new KeyedRandom(_seed, RandomPurpose.Order, -1, at).Shuffle(order);
        return order[.._perClass];
    }

    private static SamplerDefinition Of(string name, string words, Func<IEnumerable<int>, int> perClass) =>
        new(name, words, (run, labels) => new ResizedSampler(labels, perClass, run.Seed))
        {
            KeepsEpochs = false,
        };
}

using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Goes round the classes, each once in a fresh order, and within each class round its images.</summary>
/// <remarks>
/// Shen, Lin, Huang, ECCV 2016. An epoch has as many draws as there are images and goes on where the one before it stopped: the class
/// that round r of the classes takes in some place gives its image number r.
/// </remarks>
public sealed class ClassAwareSampler : ISampler
{
    private readonly PositionsByClass _positions;
    private readonly long _seed;

    /// <param name="labels">Class of every training position.</param>
    /// <param name="seed">The run's seed.</param>
    public ClassAwareSampler(IReadOnlyList<int> labels, long seed) =>
        (_positions, _seed, DrawsPerEpoch) = (new(labels), seed, labels.Count);

    /// <summary><c>class-aware</c></summary>
    public static SamplerDefinition Definition { get; } =
        new(
            "class-aware",
            "round the shuffled classes, and within each round its shuffled images",
            (run, labels) => new ClassAwareSampler(labels, run.Seed)
        );

    /// <inheritdoc/>
    public int DrawsPerEpoch { get; }

    /// <inheritdoc/>
    public int[] Draw(int epoch)
    {
        var classes = _positions.Counts.Length;
        var first = (long)epoch * DrawsPerEpoch;
        var draws = new int[DrawsPerEpoch];
        var orders = new Dictionary<(int Class, long Pass), int[]>();
        int[] round = [];
        for (var i = 0; i < draws.Length; i++)
        {
            var (turn, place) = Math.DivRem(first + i, classes);
            if (i == 0 || place == 0)
                round = Shuffled(classes, -1, turn);
            var at = round[place];
            var (pass, image) = Math.DivRem(turn, _positions.Counts[at]);
            if (!orders.TryGetValue((at, pass), out var order))
                orders.Add((at, pass), order = Shuffled(_positions.Counts[at], at, pass));
            draws[i] = _positions[at][order[image]];
        }

        return draws;
    }

    private int[] Shuffled(int count, int at, long pass)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new KeyedRandom(_seed, RandomPurpose.Order, pass, at).Shuffle(order);
        return order;
    }
}

using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Sampling;

/// <summary>Training positions by class; classes without images are left out.</summary>
internal sealed class PositionsByClass
{
    private readonly int[][] _positions;

    /// <param name="labels">Class of every training position.</param>
    public PositionsByClass(IReadOnlyList<int> labels)
    {
        _positions =
        [
            .. Enumerable
                .Range(0, labels.Count)
                .GroupBy(position => labels[position])
                .OrderBy(group => group.Key)
                .Select(group => group.ToArray()),
        ];
        Counts = [.. _positions.Select(positions => positions.Length)];
    }

    /// <summary>Images of each class, each 1 or more.</summary>
    public int[] Counts { get; }

    /// <summary>The positions of a class.</summary>
    public ReadOnlySpan<int> this[int at] => _positions[at];

    /// <summary>Draws with replacement: a class by its probability, then any image of it.</summary>
    public int[] Draw(double[] probabilities, int count, KeyedRandom random)
    {
        var draws = new int[count];
        for (var i = 0; i < draws.Length; i++)
        {
            var left = random.NextDouble();
            var at = 0;
            while (at < probabilities.Length - 1 && left >= probabilities[at])
                left -= probabilities[at++];
            draws[i] = _positions[at][random.NextInt(_positions[at].Length)];
        }

        return draws;
    }
}

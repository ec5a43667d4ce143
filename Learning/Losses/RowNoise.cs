using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Losses;

/// <summary>Random numbers for the rows of a batch: a function of seed, epoch and draw, whichever slot has the row.</summary>
/// <param name="seed">The run's seed.</param>
/// <param name="epoch">From 0.</param>
/// <param name="firstDraw">Draw of the first row; the others follow it.</param>
public sealed class RowNoise(long seed, int epoch, long firstDraw)
{
    /// <summary>Standard normal numbers, row by row: [rows · columns].</summary>
    public double[] Gaussian(int rows, int columns) =>
        Fill(rows, columns, (ref KeyedRandom random) => random.NextGaussian());

    /// <summary>Numbers of the standard Gumbel distribution, −log(−log u), row by row: [rows · columns].</summary>
    public double[] Gumbel(int rows, int columns) =>
        Fill(rows, columns, (ref KeyedRandom random) => -Math.Log(-Math.Log(1 - random.NextDouble())));

    private double[] Fill(int rows, int columns, Draw draw)
    {
        var values = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var random = new KeyedRandom(seed, RandomPurpose.Noise, epoch, firstDraw + row);
            foreach (ref var value in values.AsSpan(row * columns, columns))
                value = draw(ref random);
        }

        return values;
    }

    private delegate double Draw(ref KeyedRandom random);
}

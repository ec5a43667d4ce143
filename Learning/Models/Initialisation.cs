using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Randomness;

namespace MMOrleans.Learning.Models;

/// <summary>Fills a tensor with its first values, row-major.</summary>
public delegate void Initialisation(Span<double> values, ref KeyedRandom random);

/// <summary>The first values that the networks use.</summary>
internal static class Initialisations
{
    public static Initialisation Constant(double value) =>
        (Span<double> values, ref KeyedRandom _) => values.Fill(value);

    /// <summary>Normal(0, √(2 / fan in)), He et al.</summary>
    public static Initialisation He(int fanIn) =>
        (Span<double> values, ref KeyedRandom random) =>
        {
            var deviation = Math.Sqrt(2.0 / fanIn);
            foreach (ref var value in values)
                value = deviation * random.NextGaussian();
        };

    public static Initialisation Uniform(double bound) =>
        (Span<double> values, ref KeyedRandom random) =>
        {
            foreach (ref var value in values)
                value = bound * (2 * random.NextDouble() - 1);
        };

    /// <summary>[rows, columns] uniform in (−1, 1), every column then scaled to length 1.</summary>
    public static Initialisation UnitColumns(int columns) =>
        (Span<double> values, ref KeyedRandom random) =>
        {
            Uniform(1)(values, ref random);
            for (var column = 0; column < columns; column++)
            {
                var squares = 0.0;
                for (var i = column; i < values.Length; i += columns)
                    squares += values[i] * values[i];
                for (var i = column; i < values.Length; i += columns)
                    values[i] /= Math.Sqrt(squares);
            }
        };
}

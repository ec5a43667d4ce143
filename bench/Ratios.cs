namespace MMOrleans.Bench;

/// <summary>What interleaved pairs say about A over B.</summary>
/// <param name="Median">Of the pairs' ratios.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Confidence">Probability that the interval holds the true median.</param>
internal sealed record Ratios(double Median, double Low, double High, double Confidence)
{
    private const double Wanted = 0.95;

    /// <summary>
    /// The interval is between order statistics, so it assumes nothing about the noise: the k-th smallest and the k-th largest of n hold
    /// the median with probability 1 − 2·P(Binomial(n, ½) &lt; k).
    /// </summary>
    public static Ratios Of(IReadOnlyList<(double A, double B)> pairs)
    {
        var sorted = pairs.Select(pair => pair.A / pair.B).Order().ToArray();
        var n = sorted.Length;
        var (k, below, term) = (0, 0.0, Math.Pow(0.5, n)); // term = P(Binomial = k)
        while (k + 1 <= n / 2 && 1 - (2 * (below + term)) >= Wanted)
        {
            below += term;
            term *= (double)(n - k) / (k + 1);
            k++;
        }

        var edge = Math.Max(0, k - 1);
        var median = n % 2 == 1 ? sorted[n / 2] : (sorted[(n / 2) - 1] + sorted[n / 2]) / 2;
        return new(median, sorted[edge], sorted[n - 1 - edge], 1 - (2 * (k == 0 ? term : below)));
    }

    public override string ToString() => $"{Median:F3} [{Low:F3}, {High:F3}] ({100 * Confidence:F0} %)";
}

namespace MMOrleans.Bench.Fire;

/// <summary>What many times of one kind say.</summary>
internal sealed record Quantiles(int Count, double Median, double Percentile95, double Worst)
{
    /// <param name="seconds">1 or more.</param>
    public static Quantiles Of(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        var n = sorted.Length;
        var median = n % 2 == 1 ? sorted[n / 2] : (sorted[(n / 2) - 1] + sorted[n / 2]) / 2;
        // The smallest that at least 95 % do not exceed.
        return new(n, median, sorted[(int)Math.Ceiling(0.95 * n) - 1], sorted[^1]);
    }

    public override string ToString() =>
        $"n {Count, 3}   median {Median, 6:F2} s   p95 {Percentile95, 6:F2} s   worst {Worst, 6:F2} s";
}

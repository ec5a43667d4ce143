namespace MMOrleans.Learning.Weighting;

/// <summary>Label-distribution-aware margins: wider for rarer classes.</summary>
public static class LdamMargins
{
    /// <summary>m_c = C′ · (n_min / n_c)^¼.</summary>
    /// <remarks>Source: Cao et al. 2019, arXiv:1906.07413.</remarks>
    /// <param name="counts">Images of each class, 1 or more.</param>
    /// <param name="maxMargin">C′: margin of the rarest class.</param>
    public static double[] Of(IReadOnlyList<int> counts, double maxMargin)
    {
        double smallest = counts.Min();
        return [.. counts.Select(n => maxMargin * Math.Pow(smallest / n, 0.25))];
    }

    /// <summary>The same margin for every class.</summary>
    public static double[] Uniform(IReadOnlyList<int> counts, double margin) =>
        [.. counts.Select(_ => margin)];
}

namespace MMOrleans.Api.Series;

/// <summary>Leaves points of a curve out so that it looks the same: every peak and every dip stays.</summary>
internal static class Thinning
{
    /// <summary>Fewest points to thin to: both ends, and one peak with one dip between them.</summary>
    public const int Least = 4;

    /// <summary>Which points stay: the first, the last, and of every stretch between them the smallest and the largest value.</summary>
    /// <param name="values">By position. One that is not a finite number stays only where its whole stretch is like it: as a gap.</param>
    /// <param name="points">At most so many, <see cref="Least"/> or more.</param>
    /// <returns>Positions, rising.</returns>
    public static IReadOnlyList<int> Kept(IReadOnlyList<double> values, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, Least);
        if (values.Count <= points)
            return [.. Enumerable.Range(0, values.Count)];
        var kept = new List<int>(points) { 0 };
        var (inner, stretches) = (values.Count - 2, (points - 2) / 2);
        for (var s = 0; s < stretches; s++)
        {
            var from = 1 + (int)((long)inner * s / stretches);
            var to = 1 + (int)((long)inner * (s + 1) / stretches);
            var (least, most) = (from, from);
            for (var i = from + 1; i < to; i++)
            {
                // A comparison with NaN is false: a number takes the place of one that is none.
                if (
                    values[i] < values[least]
                    || (!double.IsFinite(values[least]) && double.IsFinite(values[i]))
                )
                    least = i;
                if (
                    values[i] > values[most]
                    || (!double.IsFinite(values[most]) && double.IsFinite(values[i]))
                )
                    most = i;
            }

            kept.Add(Math.Min(least, most));
            if (least != most)
                kept.Add(Math.Max(least, most));
        }

        kept.Add(values.Count - 1);
        return kept;
    }
}

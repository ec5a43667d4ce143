namespace MMOrleans.Client.Output;

/// <summary>Draws a series as a row of small bars.</summary>
internal static class Sparkline
{
    /// <summary>One character for each value; a longer series is averaged down to <paramref name="width"/>.</summary>
    /// <param name="values">Values that are not finite are left out.</param>
    /// <param name="width">Most characters.</param>
    /// <param name="levels">Characters from lowest to highest.</param>
    public static string Of(IReadOnlyList<double> values, int width, string levels)
    {
        var points = Thin([.. values.Where(double.IsFinite)], width);
        if (points.Length == 0)
        {
            return "";
        }

        var (low, high) = (points.Min(), points.Max());
        // A flat series has no range to fill: it is drawn in the middle.
        return string.Concat(
            points.Select(value =>
                levels[
                    high > low
                        ? (int)Math.Round((value - low) / (high - low) * (levels.Length - 1))
                        : levels.Length / 2
                ]
            )
        );
    }

    private static double[] Thin(double[] values, int width)
    {
        if (values.Length <= width)
        {
            return values;
        }

        var points = new double[width];
        for (var i = 0; i < width; i++)
        {
            var from = (int)((long)i * values.Length / width);
            var to = (int)((long)(i + 1) * values.Length / width);
            points[i] = values[from..to].Average();
        }

        return points;
    }
}

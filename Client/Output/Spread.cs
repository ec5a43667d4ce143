using System.Globalization;

namespace MMOrleans.Client.Output;

/// <summary>Mean and standard deviation over seeds.</summary>
/// <param name="Count">How many values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Of the sample, so divided by one less than its size; null below two.</param>
internal sealed record Spread(int Count, double Mean, double? Deviation)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var all = values.ToList();
        var mean = all.Average();
        return new(
            all.Count,
            mean,
            all.Count > 1 ? Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Count - 1)) : null
        );
    }

    public override string ToString() =>
        Mean.ToString("0.00", CultureInfo.InvariantCulture)
        + (Deviation is { } d ? $" ± {d.ToString("0.00", CultureInfo.InvariantCulture)}" : "");
}

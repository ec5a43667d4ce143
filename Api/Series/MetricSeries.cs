using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Series;

/// <summary>One metric of a run by epoch, thinned.</summary>
/// <param name="Epoch">Completed epochs, rising.</param>
/// <param name="Value">The metric after them; null where it is not a finite number.</param>
public sealed record MetricSeries(IReadOnlyList<int> Epoch, IReadOnlyList<double?> Value)
{
    /// <summary>Most points of a series, and how many there are when nobody says.</summary>
    internal const int MostPoints = 2000;

    /// <summary>The names that may be asked for: the columns of <c>metrics.csv</c> that are numbers.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [.. MetricTable.Columns.Where(column => column is not ("epoch" or "phase" or "sample_sum"))];

    /// <summary>Reads names that are separated by commas; none mean all.</summary>
    /// <exception cref="FaultException">MM1007: one is not a metric.</exception>
    internal static IReadOnlyList<string> Read(string? names)
    {
        if (string.IsNullOrWhiteSpace(names))
            return Names;
        var asked = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return asked.FirstOrDefault(name => !Names.Contains(name)) is { } unknown
            ? throw FaultException.NoChoice("names", unknown, [.. Names])
            : asked;
    }

    /// <summary>The series of a metric. Epochs that were not evaluated are left out.</summary>
    /// <param name="rows">The run's epochs.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="from">First epoch.</param>
    /// <param name="points">At most so many.</param>
    internal static MetricSeries Of(IEnumerable<EpochResult> rows, string name, int from, int points)
    {
        var present = rows.Where(row => row.Epoch >= from)
            .Select(row => (row.Epoch, Value: row[name]))
            .Where(point => point.Value is not null)
            .Select(point => (point.Epoch, Value: point.Value!.Value))
            .ToList();
        var kept = Thinning.Kept([.. present.Select(point => point.Value)], points);
        return new(
            [.. kept.Select(i => present[i].Epoch)],
            [.. kept.Select(i => double.IsFinite(present[i].Value) ? present[i].Value : (double?)null)]
        );
    }
}

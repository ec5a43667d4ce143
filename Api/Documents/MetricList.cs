using MMOrleans.Runs.Epochs;

namespace MMOrleans.Api.Documents;

/// <summary>The metrics of an evaluation, in the order in which people are shown them.</summary>
/// <param name="Metrics">One each.</param>
public sealed record MetricList(IReadOnlyList<MetricDocument> Metrics)
{
    /// <summary>Format of this object.</summary>
    public string Schema { get; init; } = "mm/metric_list/v1";

    /// <summary>As the table of metrics has them.</summary>
    internal static MetricList All { get; } =
        new([
            .. MetricTable.OfTest.Select(metric => new MetricDocument(
                metric.Name,
                metric.Key,
                metric.Description,
                metric.Kind.ToString().ToLowerInvariant(),
                metric.Better.ToString().ToLowerInvariant()
            )),
        ]);
}

/// <summary>A metric.</summary>
/// <param name="Name">Of its series, and its column in <c>metrics.csv</c>.</param>
/// <param name="Key">In a run's <c>last</c> and <c>best</c>.</param>
/// <param name="Description">A phrase.</param>
/// <param name="Kind"><c>share</c> for a number in [0, 1] that is shown in percent, or <c>number</c>.</param>
/// <param name="Better">Which value is the better one: <c>higher</c> or <c>lower</c>.</param>
public sealed record MetricDocument(string Name, string Key, string Description, string Kind, string Better);

using System.Text.RegularExpressions;
using MMOrleans.Silo.Tests.Telemetry;

namespace MMOrleans.Kubernetes.Tests.Monitoring;

/// <summary>Names and labels of <c>docs/telemetry.md</c> as Prometheus has them.</summary>
internal static partial class MetricNames
{
    private static readonly string[] PartsOfHistograms = ["_bucket", "_sum", "_count"];

    /// <summary>Names, without the parts of histograms, with their labels.</summary>
    public static IReadOnlyDictionary<string, string[]> OfThePage { get; } =
        new TelemetryPage().Metrics.ToDictionary(
            metric =>
                metric.Name.Replace('.', '_')
                + metric.Unit switch
                {
                    "s" => "_seconds",
                    "By" => "_bytes",
                    _ => "",
                }
                + (metric.Kind == "counter" ? "_total" : ""),
            metric => metric.Attributes.Select(attribute => attribute.Replace('.', '_')).ToArray()
        );

    private static readonly HashSet<string> Labels = [.. OfThePage.Values.SelectMany(labels => labels)];

    /// <summary>Our metrics that an expression asks for.</summary>
    public static IReadOnlyList<string> In(string expression) =>
        [
            .. Name()
                .Matches(expression)
                .Select(match => match.Value)
                .Where(name => !Labels.Contains(name))
                .Select(name =>
                    PartsOfHistograms
                        .Where(part => name.EndsWith(part, StringComparison.Ordinal))
                        .Select(part => name[..^part.Length])
                        .SingleOrDefault(name)
                )
                .Distinct(),
        ];

    /// <summary>Fails for a metric that the page does not have, and for a label that none of the metrics has.</summary>
    public static void AreOfThePage(params string[] texts)
    {
        var text = string.Join(' ', texts);
        var metrics = In(text);
        Assert.All(metrics, metric => Assert.Contains(metric, OfThePage.Keys));
        if (metrics.Count > 0)
            Assert.Subset(
                metrics.SelectMany(metric => OfThePage[metric]).ToHashSet(),
                Name().Matches(text).Select(match => match.Value).Where(Labels.Contains).ToHashSet()
            );
    }

    [GeneratedRegex(@"\b(mmorleans_\w+|network_io_direction|error_type)\b")]
    private static partial Regex Name();
}

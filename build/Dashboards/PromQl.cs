namespace MMOrleans.Dashboards;

/// <summary>The questions that dashboards ask again and again.</summary>
internal static class PromQl
{
    /// <summary>Silos of the cluster that is looked at.</summary>
    private const string Cluster = "job=~\"$job\"";

    /// <summary>A metric of the cluster.</summary>
    public static string Of(string metric, params string[] matchers) =>
        $"{metric}{{{string.Join(',', [Cluster, .. matchers])}}}";

    /// <summary>A gauge of the run that is looked at; one silo at a time shows it, two for a moment when it moves.</summary>
    public static string OfRun(string metric, string by = "", params string[] matchers) =>
        $"max {(by.Length > 0 ? $"by ({by}) " : "")}({Of(metric, ["mmorleans_run_id=\"$run\"", .. matchers])})";

    /// <summary>A counter's rise a second.</summary>
    public static string Rate(string counter, string by = "", params string[] matchers) =>
        $"sum {(by.Length > 0 ? $"by ({by}) " : "")}(rate({Of(counter, matchers)}[$__rate_interval]))";

    /// <summary>A counter's rise over what the dashboard shows.</summary>
    public static string Rise(string counter, string by = "", params string[] matchers) =>
        $"sum {(by.Length > 0 ? $"by ({by}) " : "")}(increase({Of(counter, matchers)}[$__range]))";

    /// <summary>Quantiles of a histogram over the last moments, a query each.</summary>
    public static Query[] Quantiles(string histogram, string by = "", params double[] quantiles) =>
        [
            .. quantiles.Select(q => new Query(
                $"histogram_quantile({q}, sum by ({Labels("le", by)}) (rate({Of($"{histogram}_bucket")}[$__rate_interval])))",
                Legend(q, by)
            )),
        ];

    /// <summary>Quantiles of what happens too seldom to have a rate: since the silos started.</summary>
    public static Query[] QuantilesSinceStart(string histogram, string by = "", params double[] quantiles) =>
        [
            .. quantiles.Select(q => new Query(
                $"histogram_quantile({q}, sum by ({Labels("le", by)}) ({Of($"{histogram}_bucket")}))",
                Legend(q, by)
            )),
        ];

    private static string Labels(string first, string more) => more.Length > 0 ? $"{first}, {more}" : first;

    private static string Legend(double quantile, string by) =>
        $"p{quantile * 100:0}{string.Concat(by.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(label => $" {{{{{label}}}}}"))}";
}

namespace MMOrleans.Dashboards;

/// <summary>The rules of <c>k8s/prometheus/rules.yaml</c> as a resource of the Prometheus operator.</summary>
internal static class OperatorRules
{
    private const string Head = """
        # Generated from rules.yaml for the Prometheus operator: edit that file, then dotnet run --project build/Dashboards.
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: mmorleans
          namespace: mmorleans
          labels:
            app.kubernetes.io/name: mmorleans
            app.kubernetes.io/component: alerts
        spec:

        """;

    /// <param name="rules">Text of <c>rules.yaml</c>.</param>
    public static string Of(string rules)
    {
        var lines = rules.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return Head.ReplaceLineEndings("\n")
            + string.Concat(
                lines
                    .SkipWhile(line => line != "groups:")
                    .Select(line => line.Length > 0 ? $"  {line}\n" : "\n")
            );
    }
}

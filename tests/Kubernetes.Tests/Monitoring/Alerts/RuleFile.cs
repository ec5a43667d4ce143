using k8s;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring.Alerts;

/// <summary>The rules as they lie in <c>k8s/prometheus</c>.</summary>
internal static class RuleFile
{
    private const string Head = """
        # Made from rules.yaml, for the Prometheus operator; a test says how. Change that one.
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

    public static string Folder { get; } = Path.Combine(Kustomize.Folder, "prometheus");

    public static string Rules { get; } = Path.Combine(Folder, "rules.yaml");

    /// <summary>For <c>promtool test rules</c>.</summary>
    public static string Cases { get; } = Path.Combine(Folder, "rules.test.yaml");

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. KubernetesYaml
            .Deserialize<RuleGroups>(File.ReadAllText(Rules), strict: true)
            .Groups.SelectMany(group => group.Rules),
    ];

    public static IEnumerable<Rule> Alerts => All.Where(rule => rule.Alert is not null);

    /// <summary>What an alert is about: its expression without the last line, which is the condition.</summary>
    public static (string Value, string Condition) Parts(Rule alert)
    {
        var lines = alert.Expr.Split('\n');
        return (string.Join('\n', lines[..^1]), lines[^1]);
    }

    /// <summary>The operator's resource that says the same.</summary>
    public static string Resource()
    {
        var lines = File.ReadAllText(Rules).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return Head.ReplaceLineEndings("\n")
            + string.Concat(
                lines
                    .SkipWhile(line => line != "groups:")
                    .Select(line => line.Length > 0 ? $"  {line}\n" : "\n")
            );
    }
}

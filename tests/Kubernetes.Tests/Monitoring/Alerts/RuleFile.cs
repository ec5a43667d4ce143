using k8s;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring.Alerts;

/// <summary>The rules as they lie in <c>k8s/prometheus</c>.</summary>
internal static class RuleFile
{
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
}

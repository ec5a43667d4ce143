using k8s.Models;

namespace MMOrleans.Kubernetes.Tests.Manifests;

/// <summary>As much of the Prometheus operator's resource as the manifests use: any other field is an error.</summary>
internal sealed class PrometheusRule : ICustomResource
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public RuleGroups Spec { get; set; } = new();
}

/// <summary>What a rule file of Prometheus holds, and the operator's resource as well.</summary>
internal sealed class RuleGroups
{
    public List<RuleGroup> Groups { get; set; } = [];
}

internal sealed class RuleGroup
{
    public string Name { get; set; } = "";

    public List<Rule> Rules { get; set; } = [];
}

/// <summary>An alert, or a series that is recorded.</summary>
internal sealed class Rule
{
    public string? Alert { get; set; }

    public string? Record { get; set; }

    public string Expr { get; set; } = "";

    public string? For { get; set; }

    public Dictionary<string, string> Labels { get; set; } = [];

    public Dictionary<string, string> Annotations { get; set; } = [];
}

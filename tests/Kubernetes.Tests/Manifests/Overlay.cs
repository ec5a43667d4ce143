using k8s;
using k8s.Models;

namespace MMOrleans.Kubernetes.Tests.Manifests;

/// <summary>Objects that are applied together.</summary>
internal sealed class Overlay(IEnumerable<object> objects)
{
    private static readonly Dictionary<string, Type> CustomResources = new()
    {
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
    };

    public List<object> Objects { get; } = [.. objects];

    /// <summary>Reads typed objects; a field or a kind that is not known is an error.</summary>
    public static Overlay Read(string yaml) =>
        new(KubernetesYaml.LoadAllFromString(yaml, CustomResources, strict: true));

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    /// <summary>The silos.</summary>
    public V1StatefulSet Silos => All<V1StatefulSet>().Single(set => set.Metadata.Name == "mm-silo");

    public V1Container Silo => Silos.Spec.Template.Spec.Containers.Single();

    /// <summary>Whatever makes pods.</summary>
    public IEnumerable<Workload> Workloads =>
        [
            .. All<V1StatefulSet>()
                .Select(set => new Workload(
                    $"StatefulSet {set.Metadata.Name}",
                    set.Spec.Selector,
                    set.Spec.Template,
                    [.. set.Spec.VolumeClaimTemplates?.Select(claim => claim.Metadata.Name) ?? []]
                )),
            .. All<V1Deployment>()
                .Select(deployment => new Workload(
                    $"Deployment {deployment.Metadata.Name}",
                    deployment.Spec.Selector,
                    deployment.Spec.Template,
                    []
                )),
        ];

    /// <summary>A container's variables with their values; those that a pod gives itself are named by their field.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(V1Container container)
    {
        var variables = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom ?? [])
        foreach (
            var (name, value) in All<V1ConfigMap>()
                .FirstOrDefault(map => map.Metadata.Name == source.ConfigMapRef?.Name)
                ?.Data
                ?? new Dictionary<string, string>()
        )
            variables[name] = value;
        foreach (var variable in container.Env ?? [])
            variables[variable.Name] = variable.ValueFrom?.FieldRef?.FieldPath ?? variable.Value ?? "";
        return variables;
    }
}

/// <summary>What a StatefulSet and a Deployment have in common.</summary>
/// <param name="Name">Kind and name, for messages.</param>
/// <param name="Selector">Which pods are its own.</param>
/// <param name="Template">How its pods look.</param>
/// <param name="Claims">Volumes that each pod gets for itself.</param>
internal sealed record Workload(
    string Name,
    V1LabelSelector Selector,
    V1PodTemplateSpec Template,
    IReadOnlyList<string> Claims
)
{
    public V1PodSpec Pod => Template.Spec;

    public IEnumerable<V1Container> Containers => [.. Pod.InitContainers ?? [], .. Pod.Containers];

    /// <summary>Whether a selector means its pods, by labels and by lists of their values.</summary>
    public bool IsSelectedBy(V1LabelSelector selector) =>
        IsSelectedBy(selector.MatchLabels)
        && (selector.MatchExpressions ?? []).All(one =>
            one.OperatorProperty == "In"
            && Template.Metadata.Labels.TryGetValue(one.Key, out var value)
            && one.Values.Contains(value)
        );

    /// <summary>Whether a selector of labels means its pods.</summary>
    public bool IsSelectedBy(IDictionary<string, string>? labels) =>
        labels is { Count: > 0 }
        && labels.All(label =>
            Template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value
        );
}

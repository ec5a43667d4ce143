using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Whatever selects pods selects those that it is meant for, and at least one.</summary>
internal static class Selectors
{
    /// <summary>Pods that others may bring, too: any pod with this label is a client of the cluster.</summary>
    private const string Client = "client";

    public static IEnumerable<string> Violations(Overlay overlay)
    {
        foreach (var workload in overlay.Workloads)
        {
            if (!workload.IsSelectedBy(workload.Selector.MatchLabels))
                yield return $"{workload.Name}: does not select its own pods";
            foreach (var other in overlay.Workloads.Where(other => other.Name != workload.Name))
                if (other.IsSelectedBy(workload.Selector.MatchLabels))
                    yield return $"{workload.Name}: selects the pods of {other.Name}";
            foreach (var spread in workload.Pod.TopologySpreadConstraints ?? [])
                if (!workload.IsSelectedBy(spread.LabelSelector?.MatchLabels))
                    yield return $"{workload.Name}: is spread by the pods of others";
        }

        foreach (
            var (name, labels) in overlay
                .All<V1Service>()
                .Select(service => ($"Service {service.Metadata.Name}", service.Spec.Selector))
                .Concat(
                    overlay
                        .All<V1PodDisruptionBudget>()
                        .Select(budget =>
                            ($"PodDisruptionBudget {budget.Metadata.Name}", budget.Spec.Selector.MatchLabels)
                        )
                )
                .Concat(
                    overlay
                        .All<PodMonitor>()
                        .Select(monitor =>
                            ($"PodMonitor {monitor.Metadata.Name}", monitor.Spec.Selector.MatchLabels)
                        )
                )
                .Concat(overlay.All<V1NetworkPolicy>().SelectMany(OfPolicy))
        )
            if (!IsOfOthers(labels) && overlay.Workloads.Count(w => w.IsSelectedBy(labels)) != 1)
                yield return $"{name}: selects {overlay.Workloads.Count(w => w.IsSelectedBy(labels))} workloads, not one";
        foreach (var policy in OfSeveral(overlay))
            if (!overlay.Workloads.Any(workload => workload.IsSelectedBy(policy.Spec.PodSelector)))
                yield return $"NetworkPolicy {policy.Metadata.Name}: selects no workload";
    }

    // One that lists values is meant for several.
    private static IEnumerable<V1NetworkPolicy> OfSeveral(Overlay overlay) =>
        overlay
            .All<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PodSelector.MatchExpressions is { Count: > 0 });

    private static IEnumerable<(string, IDictionary<string, string>)> OfPolicy(V1NetworkPolicy policy) =>
        new[] { policy.Spec.PodSelector }
            .Concat(
                (policy.Spec.Ingress ?? [])
                    .SelectMany(rule => rule.FromProperty ?? [])
                    .Select(peer => peer.PodSelector)
            )
            .Concat(
                (policy.Spec.Egress ?? []).SelectMany(rule => rule.To ?? []).Select(peer => peer.PodSelector)
            )
            .OfType<V1LabelSelector>()
            .Where(selector => selector.MatchExpressions is null or { Count: 0 })
            .Select(selector => ($"NetworkPolicy {policy.Metadata.Name}", selector.MatchLabels));

    private static bool IsOfOthers(IDictionary<string, string> labels) =>
        labels.TryGetValue("app.kubernetes.io/component", out var component) && component == Client;
}

using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Nobody reaches a pod whom nobody named, and whom a silo is told to reach, it may reach.</summary>
internal static class Network
{
    private const string Ingress = "Ingress";
    private const string Egress = "Egress";

    public static IEnumerable<string> Violations(Overlay overlay)
    {
        foreach (var workload in overlay.Workloads)
        {
            foreach (var way in new[] { Ingress, Egress })
                if (!Of(overlay, workload).Any(policy => policy.Spec.PolicyTypes.Contains(way)))
                    yield return $"{workload.Name}: no network policy limits its {way}";
            foreach (var policy in Of(overlay, workload))
            foreach (var rule in policy.Spec.Ingress ?? [])
            {
                if (rule.FromProperty is null or { Count: 0 } || rule.Ports is null or { Count: 0 })
                    yield return $"NetworkPolicy {policy.Metadata.Name}: lets anybody or anything in";
                foreach (var port in (rule.Ports ?? []).Select(port => port.Port.Value))
                    if (workload.Containers.All(container => References.PortOf(container, port) is null))
                        yield return $"NetworkPolicy {policy.Metadata.Name}: {workload.Name} has no port {port}";
            }
        }

        foreach (var (name, host, port) in Addresses(overlay))
        {
            if (!host.Contains('.') && overlay.All<V1Service>().All(service => service.Metadata.Name != host))
                yield return $"{name}: there is no service {host}";
            else if (!IsLetOut(overlay, host, port))
                yield return $"{name}: no network policy lets silos out to {host}:{port}";
        }

        foreach (var workload in overlay.Workloads.Where(workload => workload.Name != "StatefulSet mm-redis"))
            if (!Of(overlay, workload).SelectMany(policy => policy.Spec.Egress ?? []).Any(IsOfNames))
                yield return $"{workload.Name}: may not look up names";

        var silos = overlay.Workloads.Single(workload => workload.Name == "StatefulSet mm-silo");
        foreach (var port in new[] { "11111", "11112", "30000" })
            if (!IsLetOutTo(overlay, silos, silos, port) || !IsLetIn(overlay, silos, silos, port))
                yield return $"silos do not reach each other at {port}";
    }

    /// <summary>What the silo's variables tell it to connect to.</summary>
    private static IEnumerable<(string Variable, string Host, string Port)> Addresses(Overlay overlay)
    {
        foreach (var (name, value) in overlay.EnvironmentOf(overlay.Silo))
        {
            var address = value.Split("://")[^1].Split(',')[0].Split(':');
            if (address is [var host, var port] && int.TryParse(port, out _))
                yield return (name, host, port);
        }
    }

    // Over both protocols: a long answer comes by the second.
    private static bool IsOfNames(V1NetworkPolicyEgressRule rule) =>
        rule.To is { Count: > 0 }
        && ((string[])["UDP", "TCP"]).All(protocol =>
            rule.Ports?.Any(port => port.Protocol == protocol && port.Port.Value is "53" or "5353") == true
        );

    private static bool IsLetOut(Overlay overlay, string host, string port)
    {
        var silos = overlay.Workloads.Single(workload => workload.Name == "StatefulSet mm-silo");
        if (overlay.All<V1Service>().FirstOrDefault(s => s.Metadata.Name == host) is { } service)
            return overlay
                .Workloads.Where(workload => workload.IsSelectedBy(service.Spec.Selector))
                .Any(target =>
                    IsLetOutTo(overlay, silos, target, port) && IsLetIn(overlay, target, silos, port)
                );
        return Of(overlay, silos)
            .SelectMany(policy => policy.Spec.Egress ?? [])
            .Any(rule =>
                rule.Ports?.Any(p => p.Port.Value == port) == true
                && rule.To?.Any(peer => peer.NamespaceSelector is not null || peer.IpBlock is not null)
                    == true
            );
    }

    private static bool IsLetOutTo(Overlay overlay, Workload from, Workload to, string port) =>
        Of(overlay, from)
            .SelectMany(policy => policy.Spec.Egress ?? [])
            .Any(rule =>
                rule.Ports?.Any(p => p.Port.Value == port) == true
                && rule.To?.Any(peer => to.IsSelectedBy(peer.PodSelector?.MatchLabels)) == true
            );

    private static bool IsLetIn(Overlay overlay, Workload to, Workload from, string port) =>
        Of(overlay, to)
            .SelectMany(policy => policy.Spec.Ingress ?? [])
            .Any(rule =>
                rule.Ports?.Any(p => p.Port.Value == port) == true
                && rule.FromProperty?.Any(peer => from.IsSelectedBy(peer.PodSelector?.MatchLabels)) == true
            );

    private static IEnumerable<V1NetworkPolicy> Of(Overlay overlay, Workload workload) =>
        overlay.All<V1NetworkPolicy>().Where(policy => workload.IsSelectedBy(policy.Spec.PodSelector));
}

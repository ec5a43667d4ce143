using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>What comes from outside comes over TLS, with a token, to REST alone; what reads metrics reads nothing else.</summary>
internal static class Entrance
{
    /// <summary>Secrets that whoever applies an overlay makes.</summary>
    private const string Certificate = "mm-ingress-tls";

    /// <summary>Ports of silos that pods of other namespaces may reach, by their namespace.</summary>
    private static readonly Dictionary<string, string> OpenTo = new()
    {
        ["ingress-nginx"] = "8080",
        ["monitoring"] = "9464",
    };

    /// <summary>What is for the node and the machine itself.</summary>
    private static readonly string[] Inner = ["/healthz", "/drain"];

    public static IEnumerable<string> Violations(Overlay overlay) =>
        overlay
            .All<V1Ingress>()
            .SelectMany(ingress =>
                Of(overlay, ingress).Select(violation => $"Ingress {ingress.Metadata.Name}: {violation}")
            )
            .Concat(overlay.All<V1NetworkPolicy>().SelectMany(OfPolicy));

    private static IEnumerable<string> Of(Overlay overlay, V1Ingress ingress)
    {
        var hosts = ingress.Spec.Tls?.SelectMany(tls => tls.Hosts ?? []).ToHashSet() ?? [];
        foreach (var rule in ingress.Spec.Rules)
        {
            if (!hosts.Contains(rule.Host))
                yield return $"serves {rule.Host} without TLS";
            foreach (var path in rule.Http.Paths)
            {
                if (
                    path.PathType != "Exact"
                    && Inner.Any(inner => inner.StartsWith(path.Path, StringComparison.Ordinal))
                )
                    yield return $"lets outsiders ask for more than REST and the page by {path.Path}";
                var target = path.Backend.Service;
                if (
                    !overlay
                        .All<V1Service>()
                        .Any(service =>
                            service.Metadata.Name == target.Name
                            && service.Spec.Ports.Any(port => port.Name == target.Port.Name)
                        )
                )
                    yield return $"there is no port {target.Port.Name} of a service {target.Name}";
            }
        }

        if (ingress.Spec.Tls?.Any(tls => tls.SecretName != Certificate) == true)
            yield return "nobody is told to make the secret of its certificate";
        if (
            ingress.Metadata.Annotations?.TryGetValue(
                "nginx.ingress.kubernetes.io/proxy-buffering",
                out var buffering
            ) != true
            || buffering != "off"
        )
            yield return "holds events back in a buffer";
        if (!overlay.EnvironmentOf(overlay.Silo).ContainsKey("MM_SILO__API__TOKENFILE"))
            yield return "leads to silos that have no tokens";
    }

    private static IEnumerable<string> OfPolicy(V1NetworkPolicy policy)
    {
        foreach (var rule in policy.Spec.Ingress ?? [])
        foreach (
            var labels in (rule.FromProperty ?? [])
                .Where(peer => peer.NamespaceSelector is not null)
                .Select(peer => peer.NamespaceSelector.MatchLabels)
        )
        {
            var name = labels?.TryGetValue("kubernetes.io/metadata.name", out var one) == true ? one : "";
            foreach (var port in (rule.Ports ?? []).Select(port => port.Port.Value))
                if (OpenTo.GetValueOrDefault(name) != port)
                    yield return $"NetworkPolicy {policy.Metadata.Name}: opens {port} to namespace '{name}'";
        }
    }
}

using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;
using MMOrleans.Kubernetes.Tests.Policies;

namespace MMOrleans.Kubernetes.Tests;

/// <summary>Components that an overlay may add.</summary>
public class ComponentTests
{
    [Fact]
    public void FromOutsideOnlyRestAndThePageAreReachedThroughTheController()
    {
        var built = Kustomize.Build("production");
        var ingress = Assert.Single(built.All<V1Ingress>());
        var policy = built.All<V1NetworkPolicy>().Single(p => p.Metadata.Name == "mm-silo-from-ingress");
        var rule = Assert.Single(policy.Spec.Ingress);

        Assert.Equal("8080", Assert.Single(rule.Ports).Port.Value);
        Assert.Equal(
            "ingress-nginx",
            Assert.Single(rule.FromProperty).NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]
        );
        Assert.Equal(
            ["/", "/api", "/openapi", "/orleans", "/page"],
            ingress.Spec.Rules.Single().Http.Paths.Select(path => path.Path).Order()
        );
        Assert.Equal("/run/secrets/api/tokens", built.EnvironmentOf(built.Silo)["MM_SILO__API__TOKENFILE"]);
    }

    [Theory]
    [InlineData("dns-node-local", "169.254.20.10/32", "53")]
    [InlineData("dns-openshift", "openshift-dns", "5353")]
    public void NamesAreLookedUpWhereTheClusterHasThem(string component, string place, string port)
    {
        var built = Kustomize.BuildOf(
            "redis",
            "shared-volume",
            "client",
            "otel-collector",
            component,
            "release"
        );
        var rule = Assert.Single(
            built.All<V1NetworkPolicy>().Single(p => p.Metadata.Name == $"mm-{component}").Spec.Egress
        );
        var peer = Assert.Single(rule.To);

        Assert.Empty(AllPolicies.Violations(built));
        Assert.Equal(
            place,
            peer.IpBlock?.Cidr ?? peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]
        );
        Assert.Equal([("UDP", port), ("TCP", port)], rule.Ports.Select(p => (p.Protocol, p.Port.Value)));
    }

    [Theory]
    [InlineData("StatefulSet mm-silo")]
    [InlineData("Deployment mm")]
    [InlineData("Deployment mm-otel-collector")]
    public void WhereNamesAreLookedUpIsSaidInOnePlace(string workload)
    {
        var built = Kustomize.BuildOf("redis", "shared-volume", "client", "otel-collector", "release");
        var pods = built.Workloads.Single(w => w.Name == workload);

        Assert.Equal(
            ["mm-dns"],
            built
                .All<V1NetworkPolicy>()
                .Where(p => pods.IsSelectedBy(p.Spec.PodSelector))
                .Where(p =>
                    p.Spec.Egress?.Any(rule => rule.Ports?.Any(one => one.Port.Value is "53") == true) == true
                )
                .Select(p => p.Metadata.Name)
        );
    }

    [Fact]
    public void BelowAPathNothingIsServedThatTheRootWouldNotServe()
    {
        var built = Kustomize.BuildOf("redis", "shared-volume", "ingress", "ingress-path", "release");
        var before = built.EnvironmentOf(built.Silo)["MM_SILO__API__PATHBASE"];

        Assert.Empty(AllPolicies.Violations(built));
        Assert.Equal("/mm", before);
        Assert.Equal(
            ["", "/", "/api", "/openapi", "/orleans", "/page"],
            built
                .All<V1Ingress>()
                .Single()
                .Spec.Rules.Single()
                .Http.Paths.Select(path =>
                    path.Path.StartsWith(before, StringComparison.Ordinal)
                        ? path.Path[before.Length..]
                        : $"not below: {path.Path}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void WithoutPrometheusNobodyReachesTheMetricsPort() =>
        Assert.DoesNotContain(
            Kustomize.Build("cpu").All<V1NetworkPolicy>().SelectMany(policy => policy.Spec.Ingress ?? []),
            rule => rule.Ports?.Any(port => port.Port.Value == "9464") != false
        );

    [Fact]
    public void AskingKubernetesTakesAPermissionToLookAtPodsAndNothingElse()
    {
        var built = Kustomize.BuildOf("redis", "shared-volume", "kubernetes-hosting", "release");
        var rule = Assert.Single(Assert.Single(built.All<V1Role>()).Rules);
        var pod = built.Silos.Spec.Template;

        Assert.Empty(AllPolicies.Violations(built));
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["get", "list", "patch", "watch"], rule.Verbs.Order());
        Assert.True(pod.Spec.AutomountServiceAccountToken);
        Assert.Equal("true", built.EnvironmentOf(built.Silo)["MM_SILO__CLUSTERING__KUBERNETES"]);
        // Orleans finds the other pods by these.
        Assert.Equal(
            built.EnvironmentOf(built.Silo)["MM_SILO__CLUSTERING__CLUSTERID"],
            pod.Metadata.Labels["orleans/clusterId"]
        );
        Assert.Equal(Silo.SiloHosting.ServiceId, pod.Metadata.Labels["orleans/serviceId"]);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    [InlineData("local")]
    [InlineData("production")]
    public void NoOverlayAsksKubernetesAnything(string overlay) =>
        Assert.Empty(Kustomize.Build(overlay).All<V1Role>());
}

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

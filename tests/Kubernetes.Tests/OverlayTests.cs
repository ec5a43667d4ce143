using System.Xml.Linq;
using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;
using MMOrleans.Kubernetes.Tests.Policies;

namespace MMOrleans.Kubernetes.Tests;

/// <summary>What <c>kubectl apply -k</c> would send.</summary>
public class OverlayTests
{
    public static TheoryData<string> Overlays => [.. Kustomize.Overlays];

    [Fact]
    public void ThereIsOneForAMachineForProcessorsForCardsAndForProduction() =>
        Assert.Equal(["cpu", "gpu", "local", "production"], Kustomize.Overlays);

    [Theory]
    [MemberData(nameof(Overlays))]
    public void EveryOverlayIsTypedAndKeepsEveryPolicy(string overlay) =>
        Assert.Empty(AllPolicies.Violations(Kustomize.Build(overlay)));

    [Theory]
    [InlineData("gpu", "cuda")]
    [InlineData("production", "cuda")]
    [InlineData("cpu", "cpu")]
    [InlineData("local", "cpu")]
    public void ItTrainsOnTheDevicesOfItsName(string overlay, string kind)
    {
        var built = Kustomize.Build(overlay);
        Assert.Equal(kind, built.EnvironmentOf(built.Silo)["MM_SILO__DEVICES__KIND"]);
    }

    [Fact]
    public void InProductionThePasswordIsAFileAndNoTwoSilosShareANode()
    {
        var built = Kustomize.Build("production");
        var file = built.EnvironmentOf(built.Silo)["MM_SILO__CLUSTERING__REDISPASSWORDFILE"];
        var mount = built.Silo.VolumeMounts.Single(m =>
            file.StartsWith(m.MountPath + "/", StringComparison.Ordinal)
        );
        var pod = built.Silos.Spec.Template.Spec;
        Assert.Equal("mm-redis", pod.Volumes.Single(v => v.Name == mount.Name).Secret.SecretName);
        Assert.Equal("DoNotSchedule", Assert.Single(pod.TopologySpreadConstraints).WhenUnsatisfiable);
    }

    [Fact]
    public void WithABucketProductionKeepsEveryPolicyAndTheCredentialsAreAFile()
    {
        var folder = Directory.CreateTempSubdirectory("mm-").FullName;
        try
        {
            var k8s = Path.GetRelativePath(folder, Kustomize.Folder);
            File.WriteAllText(
                Path.Combine(folder, "kustomization.yaml"),
                $"""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources:
                  - {k8s}/overlays/production
                components:
                  - {k8s}/components/s3-checkpoints
                  - {k8s}/components/release
                """
            );

            var built = Kustomize.Build(folder);

            Assert.Empty(AllPolicies.Violations(built));
            var silo = built.EnvironmentOf(built.Silo);
            Assert.StartsWith("s3://", silo["MM_SILO__STORAGE__CHECKPOINTS"], StringComparison.Ordinal);
            var mount = built.Silo.VolumeMounts.Single(m =>
                silo["AWS_SHARED_CREDENTIALS_FILE"].StartsWith(m.MountPath + "/", StringComparison.Ordinal)
            );
            Assert.Equal(
                "mm-s3",
                built.Silos.Spec.Template.Spec.Volumes.Single(v => v.Name == mount.Name).Secret.SecretName
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void InProductionSilosAndClientsShowCertificatesThatAreMounted()
    {
        var built = Kustomize.Build("production");
        var silo = built.EnvironmentOf(built.Silo);
        var client = built.Workloads.Single(workload => workload.Name == "Deployment mm");

        Assert.Equal("false", silo["MM_SILO__SECURITY__ALLOWPLAINTEXT"]);
        Assert.Equal("/run/secrets/tls/tls.crt", silo["MM_SILO__SECURITY__CERTIFICATE"]);
        Assert.Equal("/run/secrets/tls/ca.crt", built.EnvironmentOf(client.Pod.Containers[0])["MM_TLS_CA"]);
        Assert.Equal(
            ["mm-silo-tls", "mm-tls"],
            new[] { built.Silos.Spec.Template.Spec, client.Pod }.Select(pod =>
                pod.Volumes.Single(volume => volume.Name == "tls").Secret.SecretName
            )
        );
    }

    [Fact]
    public void ImageAndManifestAgreeOnPortsUserAndVersion()
    {
        var root = Path.GetDirectoryName(Kustomize.Folder)!;
        var project = XDocument.Load(Path.Combine(root, "Silo", "Silo.csproj"));
        var image = XDocument.Load(Path.Combine(root, "build", "ContainerImage.targets"));
        var silo = Sample.Sound().Silos.Spec.Template.Spec;

        Assert.Equal(
            silo.Containers[0].Ports.Select(port => $"{port.ContainerPort}").Order(),
            project.Descendants("ContainerPort").Single().Attribute("Include")!.Value.Split(';').Order()
        );
        Assert.Equal($"{silo.SecurityContext.RunAsUser}", image.Descendants("ContainerUser").Single().Value);
        Assert.Equal("$(Version)", image.Descendants("ContainerImageTag").First().Value);
    }
}

using k8s;
using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>A small set of manifests without a fault, put together from the files themselves: for policies to be tried where there is no kubectl.</summary>
internal static class Sample
{
    public static Overlay Sound()
    {
        var overlay = new Overlay(
            new[]
            {
                "base",
                "components/redis",
                "components/podmonitor",
                "components/shared-volume",
                "components/ingress",
            }
                .SelectMany(folder =>
                    Directory.GetFiles(Path.Combine(Kustomize.Folder, folder), "*.yaml").Order()
                )
                .Where(file =>
                    Path.GetFileName(file) != "kustomization.yaml"
                    && !file.EndsWith(".patch.yaml", StringComparison.Ordinal)
                )
                .SelectMany(file => Overlay.Read(File.ReadAllText(file)).Objects)
        );
        overlay.Objects.Add(Settings());
        overlay.Silos.Spec.Template.Spec.Volumes.Add(
            new()
            {
                Name = "runs",
                PersistentVolumeClaim = new() { ClaimName = "mm-runs" },
            }
        );
        overlay.Silo.VolumeMounts.Add(new() { Name = "runs", MountPath = "/runs" });
        overlay.Silos.Spec.Template.Spec.Volumes.Add(
            new()
            {
                Name = "api-tokens",
                Secret = new() { SecretName = "mm-api-tokens" },
            }
        );
        overlay.Silo.VolumeMounts.Add(new() { Name = "api-tokens", MountPath = "/run/secrets/api" });
        foreach (var metadata in overlay.Objects.Select(Metadata))
        {
            metadata.NamespaceProperty = "mmorleans";
            Label(metadata);
            metadata.Labels["app.kubernetes.io/version"] = AllPolicies.Version;
        }

        foreach (var workload in overlay.Workloads)
            Label(workload.Template.Metadata);
        return overlay;
    }

    public static V1ConfigMap SettingsOf(Overlay overlay) => overlay.All<V1ConfigMap>().Single();

    private static V1ConfigMap Settings() =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new() { Name = "mm-silo" },
            Data = File.ReadAllLines(Path.Combine(Kustomize.Folder, "base", "silo.env"))
                .Where(line => line.Length > 0 && line[0] != '#')
                .Append("MM_SILO__CLUSTERING__REDIS=mm-redis:6379")
                .Append("MM_SILO__API__TOKENFILE=/run/secrets/api/tokens")
                .Select(line => line.Split('=', 2))
                .ToDictionary(parts => parts[0], parts => parts[1]),
        };

    private static void Label(V1ObjectMeta metadata)
    {
        metadata.Labels ??= new Dictionary<string, string>();
        foreach (var label in new[] { "name", "instance", "component", "part-of", "managed-by" })
            metadata.Labels.TryAdd($"app.kubernetes.io/{label}", "sample");
    }

    private static V1ObjectMeta Metadata(object item) =>
        item is IKubernetesObject<V1ObjectMeta> known ? known.Metadata : ((ICustomResource)item).Metadata;
}

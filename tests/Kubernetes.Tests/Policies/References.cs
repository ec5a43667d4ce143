using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Whatever is named is there: configuration, claims, accounts, services, ports, volumes.</summary>
internal static class References
{
    /// <summary>Secrets that whoever applies an overlay makes, as its first lines say.</summary>
    private static readonly string[] SecretsOfOthers =
    [
        "mm-api-tokens",
        "mm-redis",
        "mm-s3",
        "mm-silo-tls",
        "mm-tls",
    ];

    public static IEnumerable<string> Violations(Overlay overlay) =>
        overlay
            .Workloads.SelectMany(workload =>
                OfPod(overlay, workload)
                    .Concat(
                        workload.Containers.SelectMany(container => OfContainer(overlay, workload, container))
                    )
                    .Select(violation => $"{workload.Name}: {violation}")
            )
            .Concat(OfServices(overlay))
            .Concat(OfOthers(overlay));

    private static IEnumerable<string> OfPod(Overlay overlay, Workload workload)
    {
        if (
            workload.Pod.ServiceAccountName is { } account
            && !Has<V1ServiceAccount>(overlay, account, a => a.Metadata)
        )
            yield return $"there is no service account {account}";
        foreach (var volume in workload.Pod.Volumes ?? [])
        {
            if (volume.ConfigMap?.Name is { } map && !Has<V1ConfigMap>(overlay, map, m => m.Metadata))
                yield return $"there is no config map {map}";
            if (volume.Secret?.SecretName is { } secret && !SecretsOfOthers.Contains(secret))
                yield return $"nobody is told to make the secret {secret}";
            if (
                volume.PersistentVolumeClaim?.ClaimName is { } claim
                && !Has<V1PersistentVolumeClaim>(overlay, claim, c => c.Metadata)
            )
                yield return $"there is no claim {claim}";
            if (
                !workload.Containers.Any(container =>
                    container.VolumeMounts?.Any(mount => mount.Name == volume.Name) == true
                )
            )
                yield return $"volume {volume.Name} is mounted nowhere";
        }
    }

    private static IEnumerable<string> OfContainer(Overlay overlay, Workload workload, V1Container container)
    {
        foreach (var source in container.EnvFrom ?? [])
            if (
                source.ConfigMapRef is not { Name: { } map }
                || !Has<V1ConfigMap>(overlay, map, m => m.Metadata)
            )
                yield return $"there is no config map {source.ConfigMapRef?.Name}";
        foreach (var mount in container.VolumeMounts ?? [])
            if (
                workload.Pod.Volumes?.Any(volume => volume.Name == mount.Name) != true
                && !workload.Claims.Contains(mount.Name)
            )
                yield return $"there is no volume {mount.Name}";
        foreach (
            var port in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }
                .OfType<V1Probe>()
                .Select(probe => (probe.HttpGet?.Port ?? probe.TcpSocket?.Port)?.Value)
                .OfType<string>()
        )
            if (PortOf(container, port) is null)
                yield return $"container {container.Name} has no port {port} to be probed at";
        // Every folder that the silo is told of is one that it was given; a path of addresses is none.
        foreach (
            var (name, path) in overlay
                .EnvironmentOf(container)
                .Where(variable => variable.Value.StartsWith('/') && variable.Key != "MM_SILO__API__PATHBASE")
        )
            if (
                container.VolumeMounts?.Any(mount =>
                    path == mount.MountPath
                    || path.StartsWith(mount.MountPath.TrimEnd('/') + '/', StringComparison.Ordinal)
                ) != true
            )
                yield return $"{name} is {path}, where nothing is mounted";
    }

    private static IEnumerable<string> OfServices(Overlay overlay)
    {
        foreach (var service in overlay.All<V1Service>())
        foreach (var port in service.Spec.Ports)
        foreach (var workload in overlay.Workloads.Where(w => w.IsSelectedBy(service.Spec.Selector)))
            if (
                !workload.Containers.Any(c => PortOf(c, port.TargetPort?.Value ?? $"{port.Port}") is not null)
            )
                yield return $"Service {service.Metadata.Name}: {workload.Name} has no port {port.TargetPort?.Value}";
        foreach (var set in overlay.All<V1StatefulSet>())
            if (!Has<V1Service>(overlay, set.Spec.ServiceName, s => s.Metadata))
                yield return $"StatefulSet {set.Metadata.Name}: there is no service {set.Spec.ServiceName}";
    }

    private static IEnumerable<string> OfOthers(Overlay overlay)
    {
        foreach (var monitor in overlay.All<PodMonitor>())
        foreach (var endpoint in monitor.Spec.PodMetricsEndpoints)
            if (
                !overlay.Workloads.Any(workload =>
                    workload.IsSelectedBy(monitor.Spec.Selector.MatchLabels)
                    && workload.Containers.Any(c => c.Ports?.Any(p => p.Name == endpoint.Port) == true)
                )
            )
                yield return $"PodMonitor {monitor.Metadata.Name}: no pod has a port {endpoint.Port}";
        foreach (var scaled in overlay.All<ScaledObject>())
        {
            var target = scaled.Spec.ScaleTargetRef;
            if (overlay.Workloads.All(workload => workload.Name != $"{target.Kind} {target.Name}"))
                yield return $"ScaledObject {scaled.Metadata.Name}: there is no {target.Kind} {target.Name}";
            else if (
                overlay
                    .All<V1StatefulSet>()
                    .Any(s => s.Metadata.Name == target.Name && s.Spec.Replicas is not null)
            )
                yield return $"ScaledObject {scaled.Metadata.Name}: every apply sets the replicas of {target.Name} back";
        }
    }

    /// <summary>The number of a container's port, by number or name.</summary>
    public static int? PortOf(V1Container container, string port) =>
        container.Ports?.FirstOrDefault(p => p.Name == port || $"{p.ContainerPort}" == port)?.ContainerPort;

    private static bool Has<T>(Overlay overlay, string name, Func<T, V1ObjectMeta> metadata) =>
        overlay.All<T>().Any(item => metadata(item).Name == name);
}

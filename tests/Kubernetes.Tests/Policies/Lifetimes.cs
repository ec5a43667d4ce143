using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>A pod is given time to start, to hand over and to save, and is not ended for the faults of others.</summary>
internal static class Lifetimes
{
    /// <summary>Between the silo's own end and the kubelet's patience: for a slow volume.</summary>
    private const double Slack = 20;

    private const double ShortestDeath = 30;

    public static IEnumerable<string> Violations(Overlay overlay)
    {
        foreach (var workload in overlay.Workloads)
        foreach (var container in workload.Containers)
            if (
                container.Ports is { Count: > 0 } // whoever serves nobody cannot be asked
                && container
                    is not { StartupProbe: not null, ReadinessProbe: not null, LivenessProbe: not null }
            )
                yield return $"{workload.Name}: container {container.Name} lacks a startup, ready or live probe";
        var (set, silo) = (overlay.Silos, overlay.Silo);
        if (
            silo.StartupProbe?.HttpGet?.Path != "/healthz/ready"
            || silo.ReadinessProbe?.HttpGet?.Path != "/healthz/ready"
        )
            yield return "silo: is not asked whether it joined, has storage and its library";
        if (silo.LivenessProbe?.HttpGet?.Path != "/healthz/live")
            yield return "silo: is ended for what a restart does not cure";
        if (
            silo.LivenessProbe is { } live
            && (live.PeriodSeconds ?? 10) * (live.FailureThreshold ?? 3) < ShortestDeath
        )
            yield return $"silo: is ended after less than {ShortestDeath} s of silence";
        if (silo.Lifecycle?.PreStop?.Exec?.Command?[^1] != "drain")
            yield return "silo: hands nothing over before it is stopped";

        // Half of the silo's patience before SIGTERM at most, all of it after.
        var shutdown = double.Parse(
            overlay.EnvironmentOf(silo).GetValueOrDefault("MM_SILO__SHUTDOWN__TIMEOUT", "60s").TrimEnd('s')
        );
        if ((set.Spec.Template.Spec.TerminationGracePeriodSeconds ?? 30) < 1.5 * shutdown + Slack)
            yield return $"silo: may be killed while it hands over or saves, which take up to {1.5 * shutdown} s";
        if (set.Spec.PodManagementPolicy != "Parallel")
            yield return "silo: waits at the start for silos that wait for it";
        if (set.Spec.UpdateStrategy is { Type: not "RollingUpdate" })
            yield return "silo: is not updated one by one";
        if (overlay.All<V1PodDisruptionBudget>().SingleOrDefault()?.Spec.MaxUnavailable?.Value != "1")
            yield return "silo: more than one may be taken at a time";
    }
}

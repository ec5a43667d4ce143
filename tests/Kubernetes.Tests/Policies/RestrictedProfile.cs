using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>The restricted profile of Kubernetes' pod security standards, and with it all of the baseline profile.</summary>
internal static class RestrictedProfile
{
    private static readonly string[] Sysctls =
    [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
    ];

    private static readonly string[] SelinuxTypes =
    [
        "",
        "container_t",
        "container_init_t",
        "container_kvm_t",
        "container_engine_t",
    ];

    public static IEnumerable<string> Violations(Overlay overlay) =>
        overlay.Workloads.SelectMany(workload =>
            OfPod(workload.Pod)
                .Concat(workload.Containers.SelectMany(container => OfContainer(workload.Pod, container)))
                .Select(violation => $"{workload.Name}: {violation}")
        );

    private static IEnumerable<string> OfPod(V1PodSpec pod)
    {
        if (pod.HostNetwork == true || pod.HostPID == true || pod.HostIPC == true)
            yield return "shares a namespace of its node";
        foreach (var volume in pod.Volumes ?? [])
            if (
                volume is
                {
                    ConfigMap: null,
                    Csi: null,
                    DownwardAPI: null,
                    EmptyDir: null,
                    Ephemeral: null,
                    PersistentVolumeClaim: null,
                    Projected: null,
                    Secret: null,
                }
            )
                yield return $"volume {volume.Name} is of a kind that the profile forbids";
        foreach (var sysctl in pod.SecurityContext?.Sysctls ?? [])
            if (!Sysctls.Contains(sysctl.Name))
                yield return $"sets {sysctl.Name}";
        if (pod.SecurityContext?.WindowsOptions?.HostProcess == true)
            yield return "is a process of its host";
        if (!IsFree(pod.SecurityContext?.SeLinuxOptions))
            yield return "sets SELinux options";
        if (pod.SecurityContext?.AppArmorProfile?.Type == "Unconfined")
            yield return "runs without AppArmor";
    }

    private static IEnumerable<string> OfContainer(V1PodSpec pod, V1Container container)
    {
        var (own, shared) = (container.SecurityContext, pod.SecurityContext);
        var name = $"container {container.Name}";
        if (own?.Privileged == true)
            yield return $"{name} is privileged";
        if (own?.AllowPrivilegeEscalation != false)
            yield return $"{name} may gain privileges";
        if ((own?.RunAsNonRoot ?? shared?.RunAsNonRoot) != true)
            yield return $"{name} may run as root";
        if (own?.RunAsUser == 0 || shared?.RunAsUser == 0)
            yield return $"{name} runs as root";
        if (own?.Capabilities?.Drop?.Contains("ALL") != true)
            yield return $"{name} keeps capabilities";
        if (own?.Capabilities?.Add?.Any(added => added != "NET_BIND_SERVICE") == true)
            yield return $"{name} adds capabilities";
        if ((own?.SeccompProfile ?? shared?.SeccompProfile)?.Type is not ("RuntimeDefault" or "Localhost"))
            yield return $"{name} has no seccomp profile";
        if (own?.ProcMount is { } mount && mount != "Default")
            yield return $"{name} mounts /proc as {mount}";
        if (!IsFree(own?.SeLinuxOptions))
            yield return $"{name} sets SELinux options";
        if (own?.AppArmorProfile?.Type == "Unconfined")
            yield return $"{name} runs without AppArmor";
        if (own?.WindowsOptions?.HostProcess == true)
            yield return $"{name} is a process of its host";
        if (container.Ports?.Any(port => port.HostPort > 0) == true)
            yield return $"{name} takes a port of its node";
    }

    private static bool IsFree(V1SELinuxOptions? options) =>
        options is null
        || (
            SelinuxTypes.Contains(options.Type ?? "")
            && options.User is null or ""
            && options.Role is null or ""
        );
}

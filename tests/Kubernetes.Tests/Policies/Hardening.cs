using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>What we ask beyond the restricted profile: nothing to write to but what is named, and no token.</summary>
internal static class Hardening
{
    public static IEnumerable<string> Violations(Overlay overlay)
    {
        foreach (var workload in overlay.Workloads)
        {
            var mayAsk = overlay
                .All<V1RoleBinding>()
                .Any(binding => binding.Subjects.Any(one => one.Name == workload.Pod.ServiceAccountName));
            if (workload.Pod.AutomountServiceAccountToken != mayAsk)
                yield return mayAsk
                    ? $"{workload.Name}: has a role and no token to use it by"
                    : $"{workload.Name}: mounts a token that nobody uses";
            if (workload.Pod.EnableServiceLinks != false)
                yield return $"{workload.Name}: gets a variable for every service there is";
            foreach (var container in workload.Containers)
            {
                if (container.SecurityContext?.ReadOnlyRootFilesystem != true)
                    yield return $"{workload.Name}: container {container.Name} can write to its image";
                if (container.Image.Split(':') is not [_, var tag] || tag == "latest")
                    yield return $"{workload.Name}: image {container.Image} is of no fixed version";
                // A secret in a variable is inherited by every process and printed by every crash.
                if (container.Env?.Any(variable => variable.ValueFrom?.SecretKeyRef is not null) == true)
                    yield return $"{workload.Name}: container {container.Name} has a secret in its environment";
            }
        }

        if (overlay.All<V1Secret>().Any())
            yield return "a secret stands in the manifests; it belongs where only the cluster reads it";
    }
}

using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>A silo that others reach has certificates, or says in so many words that it has none.</summary>
internal static class Trust
{
    private const string Prefix = "MM_SILO__SECURITY__";

    public static IEnumerable<string> Violations(Overlay overlay)
    {
        var variables = overlay.EnvironmentOf(overlay.Silo);
        var files = ((string[])["CERTIFICATE", "KEY", "AUTHORITY"]).Count(name =>
            variables.ContainsKey(Prefix + name)
        );
        var isPlain = variables.GetValueOrDefault(Prefix + "ALLOWPLAINTEXT") == "true";
        if (files is not (0 or 3))
            yield return $"silo: has {files} of certificate, key and authority";
        if (isPlain == files > 0)
            yield return isPlain
                ? "silo: has certificates and lets in plaintext"
                : "silo: has no certificates and does not say so";
        var client = overlay.Workloads.FirstOrDefault(workload => workload.Name == "Deployment mm");
        if (
            client is not null
            && overlay.EnvironmentOf(client.Pod.Containers[0]).ContainsKey("MM_TLS_CERT") != files > 0
        )
            yield return "mm: shows a certificate where silos want none, or none where they want one";
    }
}

using System.Xml.Linq;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Everything that manifests are held to.</summary>
internal static class AllPolicies
{
    /// <summary>Of the build.</summary>
    public static string Version { get; } =
        XDocument
            .Load(Path.Combine(Path.GetDirectoryName(Kustomize.Folder)!, "Directory.Build.props"))
            .Descendants("Version")
            .Single()
            .Value;

    public static IReadOnlyList<string> Violations(Overlay overlay) =>
        [
            .. RestrictedProfile.Violations(overlay),
            .. Hardening.Violations(overlay),
            .. Resources.Violations(overlay),
            .. References.Violations(overlay),
            .. Selectors.Violations(overlay),
            .. Network.Violations(overlay),
            .. Labels.Violations(overlay, Version),
            .. Lifetimes.Violations(overlay),
            .. SiloVariables.Violations(overlay),
            .. Trust.Violations(overlay),
            .. Entrance.Violations(overlay),
        ];
}

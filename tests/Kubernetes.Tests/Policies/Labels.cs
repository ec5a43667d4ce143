using k8s;
using k8s.Models;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Policies;

/// <summary>Every object says what it is, in the words that Kubernetes recommends, and stands in one namespace.</summary>
internal static class Labels
{
    private const string Prefix = "app.kubernetes.io/";

    private static readonly string[] Wanted =
    [
        "name",
        "instance",
        "version",
        "component",
        "part-of",
        "managed-by",
    ];

    /// <param name="overlay">What is applied.</param>
    /// <param name="version">That of the build.</param>
    public static IEnumerable<string> Violations(Overlay overlay, string version)
    {
        foreach (var (name, metadata) in overlay.Objects.Select(Of))
        {
            foreach (var label in Wanted)
                if (metadata.Labels?.ContainsKey(Prefix + label) != true)
                    yield return $"{name}: has no label {Prefix}{label}";
            if (metadata.Labels?.TryGetValue(Prefix + "version", out var said) == true && said != version)
                yield return $"{name}: is of version {said}, the build of {version}";
            if (
                metadata.NamespaceProperty != "mmorleans"
                && !name.StartsWith("Namespace ", StringComparison.Ordinal)
            )
                yield return $"{name}: stands in namespace {metadata.NamespaceProperty}";
        }

        foreach (var workload in overlay.Workloads)
        foreach (var label in Wanted.Where(label => label != "version"))
            if (!workload.Template.Metadata.Labels.ContainsKey(Prefix + label))
                yield return $"{workload.Name}: its pods have no label {Prefix}{label}";
        // Labels of these can never be changed: an upgrade would be refused.
        foreach (var set in overlay.All<V1StatefulSet>())
        {
            if (set.Spec.Selector.MatchLabels.ContainsKey(Prefix + "version"))
                yield return $"StatefulSet {set.Metadata.Name}: selects one version only";
            if (
                set.Spec.VolumeClaimTemplates?.Any(c =>
                    c.Metadata.Labels?.ContainsKey(Prefix + "version") == true
                ) == true
            )
                yield return $"StatefulSet {set.Metadata.Name}: its claims are of one version only";
        }

        foreach (var image in overlay.Workloads.SelectMany(w => w.Containers).Select(c => c.Image))
            if (image.Split(':') is ["mm" or "mm-silo", var tag] && tag.Split('-')[0] != version)
                yield return $"image {image}: the build is of {version}";
    }

    private static (string Name, V1ObjectMeta Metadata) Of(object item) =>
        item switch
        {
            IKubernetesObject<V1ObjectMeta> known => ($"{known.Kind} {known.Metadata.Name}", known.Metadata),
            ICustomResource custom => ($"{custom.Kind} {custom.Metadata.Name}", custom.Metadata),
            _ => throw new InvalidOperationException($"{item.GetType()} has no metadata."),
        };
}

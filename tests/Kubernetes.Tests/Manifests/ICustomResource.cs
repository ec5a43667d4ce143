using k8s.Models;

namespace MMOrleans.Kubernetes.Tests.Manifests;

/// <summary>A resource that Kubernetes itself does not know.</summary>
internal interface ICustomResource
{
    string Kind { get; }

    V1ObjectMeta Metadata { get; }
}

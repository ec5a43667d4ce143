using k8s.Models;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Drill;

/// <summary>This machine in the place of a cluster's nodes: addresses for pods, folders for volumes, a Redis for the service's name.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Pod> _pods = [];
    private readonly int _network = Random.Shared.Next(2, 250);
    private int _lastHost;

    private Machine(Overlay overlay, RedisServer redis) => (Overlay, Redis) = (overlay, redis);

    public Overlay Overlay { get; }

    public RedisServer Redis { get; }

    /// <summary>What every pod of the cluster sees of a claim.</summary>
    public string Volume(string claim) => Directory.CreateDirectory(_folder["volumes", claim]).FullName;

    /// <summary>In the place of an image's root, which is read only: nothing may be found here afterwards.</summary>
    public string ReadOnly => Directory.CreateDirectory(_folder["root"]).FullName;

    public string Logs =>
        string.Join('\n', _pods.Select(pod => $"== {pod.Name} {pod.Address}\n{pod.Output}"));

    public static async Task<Machine> WithAsync(Overlay overlay) =>
        new(overlay, await RedisServer.StartAsync());

    /// <summary>Starts a pod of the silos; as in a cluster, one that comes back has its old name and another address.</summary>
    public Pod Start(int ordinal)
    {
        var pod = new Pod(
            this,
            $"{Overlay.Silos.Metadata.Name}-{ordinal}",
            $"127.77.{_network}.{++_lastHost}"
        );
        _pods.Add(pod);
        return pod;
    }

    /// <summary>A value of the environment as it is true here.</summary>
    public string Here(string value)
    {
        if (value == "mm-redis:6379")
            return Redis.Address;
        foreach (var mount in Overlay.Silo.VolumeMounts)
            if (value == mount.MountPath && ClaimOf(mount) is { } claim)
                return Volume(claim);
        return value;
    }

    private string? ClaimOf(V1VolumeMount mount) =>
        Overlay
            .Silos.Spec.Template.Spec.Volumes.Single(volume => volume.Name == mount.Name)
            .PersistentVolumeClaim?.ClaimName;

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods)
            await pod.DisposeAsync();
        await Redis.DisposeAsync();
        _folder.Dispose();
    }
}

using System.Net;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>One <c>mm-silo</c> process of a test's cluster.</summary>
internal sealed class TestSilo(
    string name,
    int siloPort,
    int gatewayPort,
    int healthPort,
    ChildProcess process
) : IAsyncDisposable
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(40);

    public string Name => name;

    public int SiloPort => siloPort;

    public ChildProcess Process => process;

    public string Gateway => $"127.0.0.1:{gatewayPort}";

    public IPEndPoint GatewayEndpoint => new(IPAddress.Loopback, gatewayPort);

    /// <summary>Such as <c>http://127.0.0.1:8080/healthz/ready</c>.</summary>
    public Uri Health(string probe) => new($"http://127.0.0.1:{healthPort}/healthz/{probe}");

    public Task JoinedAsync() => process.SaysAsync("is a member of", JoinPatience);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}

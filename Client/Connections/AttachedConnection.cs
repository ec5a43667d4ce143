using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Connections;

/// <summary>A client of the process that trains a local run, found through the endpoint in the run's folder.</summary>
internal sealed class AttachedConnection : IRunConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly GrainClient _client;

    private AttachedConnection(GrainClient client) => _client = client;

    /// <summary>The endpoint of a run that is going on; null when no process trains it.</summary>
    public static LocalEndpoint? Find(RunFolder folder) =>
        LocalEndpoint.Read(folder.Endpoint) is { } endpoint && RunStanding.IsLive(folder) ? endpoint : null;

    /// <exception cref="LearningFault">MM3001: the process does not answer.</exception>
    public static async Task<AttachedConnection> OpenAsync(
        LocalEndpoint endpoint,
        CancellationToken cancellationToken
    ) =>
        await GrainClient.StartAsync(
            client =>
                client.UseLocalhostClustering(endpoint.GatewayPort, endpoint.ServiceId, endpoint.ClusterId),
            Patience,
            cancellationToken
        )
            is { } client
            ? new(client)
            : throw new LearningFault(
                "MM3001",
                $"process {endpoint.Pid} did not answer at {endpoint.Host}:{endpoint.GatewayPort} in {Patience.TotalSeconds:0} s",
                "wait for it to end, or end that process and go on with: mm resume latest"
            );

    public IRunHandle Run(string runId) => new GrainRun(Grain(runId));

    /// <summary>The run's grain itself.</summary>
    public IRunGrain Grain(string runId) => _client.Grains.GetGrain<IRunGrain>(runId);

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}

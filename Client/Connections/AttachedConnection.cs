using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Connections;

/// <summary>A client of the process that trains a local run, found through the endpoint in the run's folder.</summary>
internal sealed class AttachedConnection : IRunConnection
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly GrainClient _client;

    private AttachedConnection(GrainClient client) => _client = client;

    /// <summary>The endpoint of a run that is going on; null when no process trains it, or none can be asked yet.</summary>
    public static LocalEndpoint? Find(RunFolder folder) =>
        LocalEndpoint.Read(folder.Endpoint) is { } endpoint && RunStanding.IsLive(folder) ? endpoint : null;

    /// <summary>Connects to the process that trains a run, however long it takes: on a busy machine that may be minutes.</summary>
    /// <returns>Null when no process trains the run, or not any more.</returns>
    /// <exception cref="FaultException">MM3001: it runs where this process cannot reach it.</exception>
    public static async Task<AttachedConnection?> OpenAsync(
        Invocation invocation,
        RunFolder folder,
        CancellationToken cancellationToken
    )
    {
        var reader = WriterIdentity.OfThisProcess(invocation.Clock.GetUtcNow());
        var owner = WriterIdentity.Read(folder.Writer)?.Words(reader) ?? "the process that trains it";
        return await invocation.SayingAsync(
            ConnectAsync(folder, reader, cancellationToken),
            $"{owner} has not answered yet; waiting for as long as it lives"
        );
    }

    /// <summary>Asks about a run, and asks again as long as its process lives.</summary>
    /// <returns>Null when the process has ended without an answer.</returns>
    public async Task<T?> AskAsync<T>(
        RunFolder folder,
        Func<IRunHandle, Task<T>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var run = Run(folder.RunId);
        while (true)
        {
            try
            {
                return await ask(run);
            }
            catch (Exception fault)
                when (fault is TimeoutException or OrleansException or RunNotFoundException)
            {
                if (!RunStanding.IsLive(folder))
                    return null;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task<AttachedConnection?> ConnectAsync(
        RunFolder folder,
        WriterIdentity reader,
        CancellationToken cancellationToken
    )
    {
        while (RunStanding.IsLive(folder))
        {
            RefuseUnreachable(folder, reader);
            // The lock is there before the endpoint: the run may still be opening its images.
            if (
                LocalEndpoint.Read(folder.Endpoint) is { } endpoint
                && await TryOpenAsync(endpoint, cancellationToken) is { } connection
            )
                return connection;
            await Task.Delay(Pause, cancellationToken);
        }

        return null;
    }

    /// <summary>A connection; null when the process did not answer in time.</summary>
    public static async Task<AttachedConnection?> TryOpenAsync(
        LocalEndpoint endpoint,
        CancellationToken cancellationToken
    ) =>
        await GrainClient.StartAsync(
            client =>
                client.UseLocalhostClustering(endpoint.GatewayPort, endpoint.ServiceId, endpoint.ClusterId),
            Attempt,
            cancellationToken
        )
            is { } client
            ? new(client)
            : null;

    public IRunHandle Run(string runId) => new GrainRun(Grain(runId));

    /// <summary>The run's grain itself.</summary>
    public IRunGrain Grain(string runId) => _client.Grains.GetGrain<IRunGrain>(runId);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    // An endpoint is an address of the machine, or of the container, that the process runs in.
    private static void RefuseUnreachable(RunFolder folder, WriterIdentity reader)
    {
        if (WriterIdentity.Read(folder.Writer) is not { } there)
            return;
        if (there.Silo.Length > 0 && there.Cluster is not null)
            throw new FaultException(
                "MM3001",
                $"{folder.RunId} is trained by {there.Words(reader)}, which is asked over its cluster",
                "the same command with --cluster HOST:PORT"
            );
        if (!there.SharesLocksWith(reader))
            throw new FaultException(
                "MM3001",
                $"{folder.RunId} is trained by {there.Words(reader)}, which listens on that machine only",
                $"the same command there; mm logs {folder.RunId} and mm show {folder.RunId} read the folder from anywhere"
            );
    }
}

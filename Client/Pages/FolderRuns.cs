using System.Collections.Concurrent;
using MMOrleans.Api.Sources;
using MMOrleans.Client.Connections;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Client.Pages;

/// <summary>The runs of a folder here; those that another process trains are asked over the endpoint in their folder.</summary>
internal sealed class FolderRuns(RunCatalogue runs, CancellationToken stopping) : IRunSource, IAsyncDisposable
{
    // One client for each process that trains, made when somebody looks at its run.
    private readonly ConcurrentDictionary<LocalEndpoint, Lazy<Task<AttachedConnection?>>> _attached = new();

    public RunCatalogue Runs => runs;

    public IClusterGrain? Cluster => null;

    public CancellationToken Stopping => stopping;

    public bool IsLive(RunRecord record) =>
        !record.Status.IsEnd() && AttachedConnection.Find(runs.Folder(record.Id)) is not null;

    public async Task<IRunGrain?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        if (AttachedConnection.Find(runs.Folder(runId)) is not { } endpoint)
            return null;
        var attached = _attached.GetOrAdd(
            endpoint,
            _ => new(() => AttachedConnection.TryOpenAsync(endpoint, stopping))
        );
        if (await attached.Value.WaitAsync(cancellationToken) is { } connection)
            return connection.Grain(runId);
        // It did not answer; the next question tries again.
        _attached.TryRemove(new(endpoint, attached));
        return null;
    }

    public Task ForgetAsync(string runId, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var attached in _attached.Values.Where(attached => attached.IsValueCreated))
        {
            if (attached.Value.IsCompletedSuccessfully && await attached.Value is { } connection)
                await connection.DisposeAsync();
        }
    }
}

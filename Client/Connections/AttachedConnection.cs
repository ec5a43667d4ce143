using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Connections;

/// <summary>A client of the process that trains a local run, found through the endpoint in the run's folder.</summary>
internal sealed class AttachedConnection : IRunConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly IGrainFactory _grains;

    private AttachedConnection(IHost host)
    {
        _host = host;
        _grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>The endpoint of a run that is going on; null when no process trains it.</summary>
    public static LocalEndpoint? Find(RunFolder folder) =>
        LocalEndpoint.Read(folder.Endpoint) is { } endpoint && endpoint.IsAlive() ? endpoint : null;

    /// <exception cref="LearningFault">MM3001: the process does not answer.</exception>
    public static async Task<AttachedConnection> OpenAsync(
        LocalEndpoint endpoint,
        CancellationToken cancellationToken
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client =>
            client.UseLocalhostClustering(endpoint.GatewayPort, endpoint.ServiceId, endpoint.ClusterId)
        );
        var host = builder.Build();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await host.StartAsync(patience.Token);
            return new(host);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw new LearningFault(
                "MM3001",
                $"process {endpoint.Pid} did not answer at {endpoint.Host}:{endpoint.GatewayPort} in {Patience.TotalSeconds:0} s",
                "wait for it to end, or end that process and go on with: mm resume latest",
                fault
            );
        }
    }

    public IRunGrain Run(string runId) => _grains.GetGrain<IRunGrain>(runId);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The other side may be gone already; there is nothing to say goodbye to.
        }

        if (_host is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
    }
}

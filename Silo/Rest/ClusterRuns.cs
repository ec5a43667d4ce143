using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Api.Sources;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Storage;
using Orleans.Core.Internal;

namespace MMOrleans.Silo.Rest;

/// <summary>The runs of the cluster, of which every silo sees all: files on the folder they share, grains wherever they are.</summary>
internal sealed class ClusterRuns(
    SiloSettings settings,
    IServiceProvider services,
    IHostApplicationLifetime lifetime
) : IRunSource
{
    public RunCatalogue Runs { get; } = new(settings.RunsFolder);

    public IClusterGrain Cluster => Grains.GetGrain<IClusterGrain>(0);

    public CancellationToken Stopping => lifetime.ApplicationStopping;

    // Resolved late: asking for grains before the silo is built would build it.
    private IGrainFactory Grains => services.GetRequiredService<IGrainFactory>();

    // A cluster sees to it that what has not ended goes on.
    public bool IsLive(RunRecord record) => !record.Status.IsEnd();

    public Task<IRunGrain?> FindAsync(string runId, CancellationToken cancellationToken) =>
        Task.FromResult<IRunGrain?>(Grains.GetGrain<IRunGrain>(runId));

    public async Task ForgetAsync(string runId, CancellationToken cancellationToken) =>
        await Grains
            .GetGrain<IRunGrain>(runId)
            .AsReference<IGrainManagementExtension>()
            .DeactivateOnIdle(cancellationToken);
}

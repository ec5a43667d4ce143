using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Sources;

/// <summary>The runs that are served: those of a folder here, or those of a cluster, whose silos all see one folder.</summary>
/// <remarks>What is written is read from the run folder by both; they differ in how what only memory knows is reached.</remarks>
public interface IRunSource
{
    /// <summary>The run folders.</summary>
    RunCatalogue Runs { get; }

    /// <summary>Whether it is training, or will without being told to.</summary>
    bool IsLive(RunRecord record);

    /// <summary>The grain of a run, to ask how far it is or to tell it to stop.</summary>
    /// <returns>Null when nobody could be asked: no process trains the run.</returns>
    Task<IRunGrain?> FindAsync(string runId, CancellationToken cancellationToken);

    /// <summary>The cluster; null where there is none, so that runs can be looked at and stopped, and not be started.</summary>
    IClusterGrain? Cluster { get; }

    /// <summary>Cancelled when this server shuts down and no answer may be held back any more.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Forgets what memory holds of a run whose folder was removed.</summary>
    Task ForgetAsync(string runId, CancellationToken cancellationToken);
}

using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>Knows the cluster's trainers and runs, and decides which run gets which trainers.</summary>
/// <remarks>Key: 0; there is one.</remarks>
[Alias("mm.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>Every run this cluster knows, newest first.</summary>
    [Alias("ListRuns")]
    Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken = default);

    /// <summary>Trainers on the cluster's silos.</summary>
    [Alias("ListTrainers")]
    Task<ImmutableArray<TrainerDescription>> ListTrainersAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives trainers to a run: as many as it may have, none below its minimum.</summary>
    /// <remarks>Repeating it returns what the run holds already.</remarks>
    [Alias("Allot")]
    Task<Allotment> AllotAsync(
        string runId,
        int minTrainers,
        int maxTrainers,
        CancellationToken cancellationToken = default
    );

    /// <summary>Takes a run's trainers back. Safe to repeat.</summary>
    [Alias("Release")]
    Task ReleaseAsync(string runId, CancellationToken cancellationToken = default);
}

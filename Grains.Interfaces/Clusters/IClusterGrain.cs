namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>Knows the cluster's trainers and runs, and decides which run gets which trainers.</summary>
/// <remarks>Key: 0; there is one.</remarks>
[Alias("mm.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>Version, silos, their trainers and their transports.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Every run this cluster knows, newest first.</summary>
    [Alias("ListRuns")]
    Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken = default);

    /// <summary>Trainers on the cluster's silos.</summary>
    [Alias("ListTrainers")]
    Task<ImmutableArray<TrainerDescription>> ListTrainersAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives trainers to a run: as many as it may have, none below its minimum, and none before its turn.</summary>
    /// <remarks>
    /// Repeating it returns what the run holds already, and what has become free since up to its most. A queued run keeps its place while
    /// it asks; one that has not asked for half a minute lets others pass. What a run holds that has not asked for a minute, and that nobody
    /// leads, is free again.
    /// </remarks>
    [Alias("Allot")]
    Task<Allotment> AllotAsync(TrainerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes a run's trainers, and its place in the queue, back. Safe to repeat.</summary>
    [Alias("Release")]
    Task ReleaseAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Gives a silo no more work and has what it does handed over; says how far that is.</summary>
    /// <remarks>Ask again until it is done. A silo that comes back under the same name gets work again.</remarks>
    [Alias("Drain")]
    Task<DrainAnswer> DrainAsync(string silo, CancellationToken cancellationToken = default);
}

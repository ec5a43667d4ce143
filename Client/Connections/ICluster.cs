using System.Collections.Immutable;
using MMOrleans.Client.Invocations;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Connections;

/// <summary>What verbs ask of a cluster, whatever carries the question: a gateway from inside, HTTP from outside.</summary>
internal interface ICluster : IAsyncDisposable
{
    /// <summary>As it was named.</summary>
    ClusterAddress Address { get; }

    /// <summary>Nobody is connected at the moment, and an open question will not be answered.</summary>
    bool IsLost { get; }

    /// <inheritdoc cref="IClusterGrain.DescribeAsync"/>
    Task<ClusterDescription> DescribeAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="IClusterGrain.ListRunsAsync"/>
    Task<ImmutableArray<string>> ListRunsAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="IClusterGrain.DrainAsync"/>
    Task<DrainAnswer> DrainAsync(string silo, CancellationToken cancellationToken);

    /// <summary>One of its runs.</summary>
    IRunHandle Run(string runId);

    /// <summary>A run's small files.</summary>
    Task<ImmutableArray<RunFile>> ListFilesAsync(string runId, CancellationToken cancellationToken);

    /// <summary>One of them as it is now; nothing of one that is gone.</summary>
    Task ReadFileAsync(string runId, string name, Stream to, CancellationToken cancellationToken);
}

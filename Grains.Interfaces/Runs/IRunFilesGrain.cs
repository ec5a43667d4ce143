using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>Reads the small files of a run's folder for clients that do not see the silos' disk.</summary>
/// <remarks>Key: the run's id. Reads only, on whichever silo is asked.</remarks>
[Alias("mm.IRunFilesGrain")]
public interface IRunFilesGrain : IGrainWithStringKey
{
    /// <summary>Records, metrics, events, logs and the descriptions of checkpoints; not the parameters.</summary>
    /// <exception cref="RunNotFoundException">There is no such run here.</exception>
    [Alias("List")]
    Task<ImmutableArray<RunFile>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>A piece of a file, 1 MiB at most; empty past its end.</summary>
    /// <param name="name">As <see cref="ListAsync"/> gave it.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Bytes wanted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The bytes; the caller disposes them.</returns>
    /// <exception cref="RunNotFoundException">There is no such run here.</exception>
    [Alias("Read")]
    Task<VectorChunk> ReadAsync(
        string name,
        long offset,
        int count,
        CancellationToken cancellationToken = default
    );
}

/// <summary>A file of a run's folder.</summary>
/// <param name="Name">Relative, with slashes.</param>
/// <param name="Length">Bytes.</param>
[GenerateSerializer, Immutable, Alias("mm.RunFile")]
public sealed record RunFile([property: Id(0)] string Name, [property: Id(1)] long Length);

using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Interfaces.DataShards;

/// <summary>Asks a data shard for images.</summary>
/// <param name="Source">How the data is opened, should the shard not hold it yet.</param>
/// <param name="Positions">Positions in the training subset or the test set.</param>
[GenerateSerializer, Immutable, Alias("mm.ImageRequest")]
public sealed record ImageRequest(
    [property: Id(0)] DataSource Source,
    [property: Id(1)] ImmutableArray<int> Positions
);

/// <summary>Where a data set comes from.</summary>
/// <param name="Specification">Canonical JSON of the run's specification.</param>
/// <param name="Path">Folder or archive; null where none is needed.</param>
/// <param name="ManifestHash">What it must turn out to be.</param>
/// <param name="Shards">Number of shards.</param>
[GenerateSerializer, Immutable, Alias("mm.DataSource")]
public sealed record DataSource(
    [property: Id(0)] string Specification,
    [property: Id(1)] string? Path,
    [property: Id(2)] string ManifestHash,
    [property: Id(3)] int Shards
);

/// <summary>Images of a data shard.</summary>
/// <param name="SampleIds">Index of each in the data set's files.</param>
/// <param name="Labels">Class of each.</param>
/// <param name="Pixels">Bytes of all, one image after another: red, green and blue plane, row-major. The receiver disposes it.</param>
[GenerateSerializer, Immutable, Alias("mm.ImageBlock")]
public sealed record ImageBlock(
    [property: Id(0)] ImmutableArray<int> SampleIds,
    [property: Id(1)] ImmutableArray<int> Labels,
    [property: Id(2)] VectorChunk Pixels
);

namespace MMOrleans.Grains.Interfaces.DataShards;

/// <summary>Owns one disjoint part of a data set's images and serves blocks of them by index.</summary>
/// <remarks>Key: <c>manifest hash/train|test/shard</c>. Stateless but for the images: a new activation opens them again.</remarks>
[Alias("mm.IDataShardGrain")]
public interface IDataShardGrain : IGrainWithStringKey
{
    /// <summary>The images asked for, in that order.</summary>
    /// <remarks>Interleaves: it reads only. An index of another shard is a broken promise and throws.</remarks>
    [Alias("Read"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<ImageBlock> ReadAsync(ImageRequest request, CancellationToken cancellationToken = default);
}

using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.DataShards;

/// <inheritdoc cref="IDataShardGrain"/>
/// <remarks>Holds images only while they are read: what no run asks for any more is let go within minutes.</remarks>
[CollectionAgeLimit(Minutes = 3)]
internal sealed class DataShardGrain(TrainingDataCache cache, TrainingTelemetry telemetry)
    : Grain,
        IDataShardGrain
{
    private const int SourcesKept = 8;

    // Runs that keep different parts of the same files share a shard: what one of them means by a position is its own.
    private readonly Dictionary<DataSource, TrainingData> _data = [];

    public async Task<ImageBlock> ReadAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        var data = _data.GetValueOrDefault(request.Source) ?? await OpenAsync(request.Source);
        var key = this.GetPrimaryKeyString().Split('/');
        var (train, shard) = (key[1] == "train", int.Parse(key[2]));
        var (shards, positions) = (request.Source.Shards, data.Count(train));
        var (first, end) = (
            ShardPlan.Start(shard, shards, positions),
            ShardPlan.Start(shard + 1, shards, positions)
        );

        foreach (var position in request.Positions)
            if (position < first || position >= end)
                throw new InvalidOperationException(
                    $"Shard {this.GetPrimaryKeyString()} holds positions {first} to {end - 1} and was asked for {position}."
                );

        telemetry.Meter.ImagesRead(request.Positions.Length);
        return data.Read(train, request.Positions);
    }

    private async Task<TrainingData> OpenAsync(DataSource source)
    {
        var data = await cache.OpenAsync(
            SpecificationDocument.Read(source.Specification),
            source.Path,
            source.ManifestHash
        );
        if (_data.Count >= SourcesKept)
            _data.Clear(); // opened again without reading: the silo's trainers hold the images
        return _data[source] = data;
    }
}

using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Grains.DataShards;

/// <inheritdoc cref="IDataShardGrain"/>
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
        var data = await cache.OpenAsync(SpecificationDocument.Read(source.Specification), source.Path);
        if (data.ManifestHash != source.ManifestHash)
            throw new InvalidOperationException(
                $"The data at {source.Path ?? "the generator"} has manifest {data.ManifestHash[..12]}, the run began with {source.ManifestHash[..12]}."
            );
        if (_data.Count >= SourcesKept)
            _data.Clear(); // the silo's cache still holds the images
        return _data[source] = data;
    }
}

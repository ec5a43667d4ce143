using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Interfaces.Wire;
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

        var (width, height) = data.Size;
        var imageBytes = 3 * width * height;
        var ids = ImmutableArray.CreateBuilder<int>(request.Positions.Length);
        var labels = ImmutableArray.CreateBuilder<int>(request.Positions.Length);
        var chunk = VectorChunk.Rent(request.Positions.Length * imageBytes, out var bytes);
        for (var i = 0; i < request.Positions.Length; i++)
        {
            var position = request.Positions[i];
            if (position < first || position >= end)
                throw new InvalidOperationException(
                    $"Shard {this.GetPrimaryKeyString()} holds positions {first} to {end - 1} and was asked for {position}."
                );
            var (id, label, pixels) = data.At(train, position);
            ids.Add(id);
            labels.Add(label);
            pixels.Span.CopyTo(bytes[(i * imageBytes)..]);
        }

        telemetry.Meter.ImagesRead(request.Positions.Length);
        return new(ids.MoveToImmutable(), labels.MoveToImmutable(), chunk);
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

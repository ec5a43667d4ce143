using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Timing;

namespace MMOrleans.Grains.DataShards;

/// <summary>Reads images from their shards, and from this silo's own copy while a shard fails or keeps silent.</summary>
/// <remarks>
/// An image's bytes are the same everywhere, so that whom they are read from changes no result; waiting for a shard that is cut off would
/// hold up every round. A silent shard is asked again beside the rounds.
/// </remarks>
/// <param name="ask">Calls the shard's grain of a key.</param>
/// <param name="source">The run's data.</param>
/// <param name="data">The same, open in this silo.</param>
/// <param name="patience">Silence after which a shard is passed over.</param>
/// <param name="pause">Time from one question to a silent shard to the next.</param>
/// <param name="clock">Measures both.</param>
/// <param name="meter">Counts the images that are read here; a shard counts its own.</param>
/// <param name="logger">Is told of shards that are passed over.</param>
internal sealed partial class ShardReader(
    Func<string, ImageRequest, Task<ImageBlock>> ask,
    DataSource source,
    TrainingData data,
    TimeSpan patience,
    TimeSpan pause,
    TimeProvider clock,
    TrainingMeter meter,
    ILogger logger
)
{
    /// <summary>Bytes of images in one answer at most, as of a segment; an image that has more comes alone.</summary>
    internal const int LargestAnswer = 1 << 20;

    private readonly MonotonicClock _time = new(clock);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _askAgainAt = [];

    /// <summary>Images of a shard, in the order of their positions.</summary>
    public async Task<ImageBlock> ReadAsync(bool train, int shard, ImmutableArray<int> positions)
    {
        var key = ShardPlan.Key(source.ManifestHash, train, shard);
        var pieces = Pieces(positions, 3 * data.Size.Width * data.Size.Height);
        if (pieces.Length == 1)
            return await ReadAsync(key, train, positions);
        // One after another: beats and rounds go over the same connection.
        var blocks = new List<ImageBlock>(pieces.Length);
        foreach (var piece in pieces)
            blocks.Add(await ReadAsync(key, train, piece));
        return Join(blocks);
    }

    /// <summary>Positions, as many a piece as one answer may hold.</summary>
    internal static ImmutableArray<ImmutableArray<int>> Pieces(ImmutableArray<int> positions, int imageBytes)
    {
        var most = Math.Max(1, LargestAnswer / imageBytes);
        return positions.Length <= most
            ? [positions]
            : [.. positions.Chunk(most).Select(piece => piece.ToImmutableArray())];
    }

    private static ImageBlock Join(List<ImageBlock> blocks)
    {
        var chunk = VectorChunk.Rent(blocks.Sum(block => block.Pixels.Length), out var bytes);
        var at = 0;
        foreach (var block in blocks)
        {
            block.Pixels.Bytes.CopyTo(bytes[at..]);
            at += block.Pixels.Length;
            block.Pixels.Dispose();
        }

        return new(
            [.. blocks.SelectMany(block => block.SampleIds)],
            [.. blocks.SelectMany(block => block.Labels)],
            chunk
        );
    }

    private async Task<ImageBlock> ReadAsync(string key, bool train, ImmutableArray<int> positions)
    {
        if (_askAgainAt.TryGetValue(key, out var at))
        {
            if (_time.Now >= at && _askAgainAt.TryUpdate(key, _time.Now + pause, at))
                _ = AskAsync(key, []);
        }
        else if (await AskAsync(key, positions) is { } block)
            return block;
        meter.ImagesRead(positions.Length);
        return data.Read(train, positions);
    }

    private async Task<ImageBlock?> AskAsync(string key, ImmutableArray<int> positions)
    {
        var asked = ask(key, new(source, positions));
        try
        {
            var block = await asked.WaitAsync(patience, clock);
            _askAgainAt.TryRemove(key, out _);
            return block;
        }
#pragma warning disable CA1031 // Whatever a shard's trouble is, its images are here too.
        catch (Exception trouble)
#pragma warning restore CA1031
        {
            if (_askAgainAt.TryAdd(key, _time.Now + pause))
                LogPassedOver(trouble, key);
            _ = ReturnLateAsync(asked);
            return null;
        }
    }

    private static async Task ReturnLateAsync(Task<ImageBlock> asked)
    {
        try
        {
            (await asked).Pixels.Dispose();
        }
#pragma warning disable CA1031 // Told of when it was given up.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing came that could be given back.
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Data shard {Shard} does not answer; reading its images locally until it does"
    )]
    private partial void LogPassedOver(Exception exception, string shard);
}

using System.Buffers;
using MMOrleans.Grains.DataShards;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>Fetches and prepares the images of slots ahead of the round that needs them.</summary>
/// <remarks>Reads, crops and flips on the pool; the device's thread finds finished batches.</remarks>
internal sealed class SlotImages(
    ShardReader shards,
    TrainingData data,
    RunDraws draws,
    RunPlan plan,
    Augmentation augmentation,
    long seed
)
{
    private readonly Dictionary<(long Round, int Slot), Task<IReadOnlyList<Batch>>> _ahead = [];
    private readonly Dictionary<int, (int[] Positions, int[]? Companion)> _drawn = [];

    /// <summary>Batches that were prepared ahead and wait to be used.</summary>
    public int Ready =>
        _ahead.Values.Sum(batches =>
            batches.IsCompletedSuccessfully ? batches.GetAwaiter().GetResult().Count : 0
        );

    /// <summary>Images of an evaluation.</summary>
    public int TestImages => data.Test.Count;

    /// <summary>Starts fetching; what was started already is left as it is.</summary>
    public void Prefetch(long round, IEnumerable<int> slots)
    {
        foreach (var slot in slots)
            _ = GetAsync(round, slot);
    }

    /// <summary>The batches of a slot's local steps in a round; an empty step has a batch without rows.</summary>
    public Task<IReadOnlyList<Batch>> GetAsync(long round, int slot)
    {
        if (!_ahead.TryGetValue((round, slot), out var batches) || batches.IsFaulted)
        {
            var at = plan.At(round);
            var (positions, companion) = Drawn(at.Epoch);
            _ahead[(round, slot)] = batches = Task.Run(() => ReadAsync(at, slot, positions, companion));
        }

        return batches;
    }

    /// <summary>Forgets the rounds before <paramref name="round"/>.</summary>
    public void Forget(long round)
    {
        foreach (var (key, batches) in _ahead.Where(a => a.Key.Round < round).ToList())
        {
            _ahead.Remove(key);
            if (batches.IsCompletedSuccessfully)
                foreach (var batch in batches.GetAwaiter().GetResult())
                    Return(batch);
        }

        if (round < plan.Rounds)
            foreach (var epoch in _drawn.Keys.Where(e => e < plan.At(round).Epoch).ToList())
                _drawn.Remove(epoch);
    }

    /// <summary>Gives a batch's array back, and its companion's.</summary>
    public static void Return(Batch batch)
    {
        ArrayPool<float>.Shared.Return(batch.Images);
        if (batch.Companion is { } companion)
            Return(companion);
    }

    /// <summary>Test images at consecutive positions, in batches.</summary>
    public async Task<Batch> ReadTestAsync(int start, int count)
    {
        var batch = NewBatch(count);
        await FillAsync(
            train: false,
            Enumerable.Range(start, count).ToArray(),
            (i, id, pixels, target) => augmentation.Test(pixels, target),
            batch
        );
        return batch;
    }

    private (int[] Positions, int[]? Companion) Drawn(int epoch)
    {
        if (!_drawn.TryGetValue(epoch, out var drawn))
            _drawn.Add(epoch, drawn = draws.Of(epoch));
        return drawn;
    }

    private async Task<IReadOnlyList<Batch>> ReadAsync(
        RoundPlan at,
        int slot,
        int[] positions,
        int[]? companion
    )
    {
        var batches = new List<Batch>(at.Steps);
        for (var step = at.FirstStep; step < at.FirstStep + at.Steps; step++)
        {
            var (start, count) = plan.Rows(step, slot);
            var end = start + count;
            var turns = at.Phase == Phase.Pretraining ? Turns(at, step, start, count) : null;
            var beside = companion is null
                ? null
                : await ReadTrainAsync(at, companion[start..end], draws.Beside(start), turns, null);
            batches.Add(await ReadTrainAsync(at, positions[start..end], start, turns, beside));
        }

        return batches;
    }

    private async Task<Batch> ReadTrainAsync(
        RoundPlan at,
        int[] positions,
        int firstDraw,
        long[]? turns,
        Batch? companion
    )
    {
        var batch = NewBatch(positions.Length);
        var sum = 0ul;
        await FillAsync(
            train: true,
            positions,
            (i, id, pixels, target) =>
            {
                var draw = firstDraw + i;
                augmentation.Train(pixels, at.MethodEpoch, id, draw, target);
                if (turns is not null)
                    Turn(target, turns[i]);
                sum = unchecked(sum + SampleSum.Hash(id, draw));
            },
            batch
        );
        // In pre-training an image's class is how it was turned.
        turns?.CopyTo(batch.Labels, 0);
        return new(positions.Length, batch.Images, batch.Labels, sum)
        {
            FirstDraw = firstDraw,
            Companion = companion,
        };
    }

    /// <summary>Quarter turns of a slot's rows, cut from those of the whole batch.</summary>
    private long[] Turns(RoundPlan at, int step, int start, int count)
    {
        var (first, rows) = plan.Batch(step);
        var all = Rotation.Quarters(seed, at.MethodEpoch, step, rows);
        return [.. all[(start - first)..(start - first + count)].Select(quarters => (long)quarters)];
    }

    private void Turn(Span<float> image, long quarters)
    {
        var upright = ArrayPool<float>.Shared.Rent(image.Length);
        image.CopyTo(upright);
        Rotation.Turn<float>(
            upright.AsSpan(0, image.Length),
            data.Size.Width,
            data.Size.Height,
            (int)quarters,
            image
        );
        ArrayPool<float>.Shared.Return(upright);
    }

    private Batch NewBatch(int rows)
    {
        var (width, height) = data.Size;
        return new(rows, ArrayPool<float>.Shared.Rent(rows * width * height * 3), new long[rows], 0);
    }

    private async Task FillAsync(bool train, int[] positions, PrepareImage prepare, Batch batch)
    {
        var (width, height) = data.Size;
        var image = 3 * width * height;
        var total = data.Count(train);
        var byShard = positions
            .Select((position, row) => (position, row))
            .GroupBy(p => ShardPlan.Of(p.position, ShardPlan.Shards, total))
            .Select(g => (Shard: g.Key, Rows: g.ToArray()))
            .ToArray();
        var blocks = await Task.WhenAll(
            byShard.Select(s => shards.ReadAsync(train, s.Shard, [.. s.Rows.Select(r => r.position)]))
        );
        for (var s = 0; s < blocks.Length; s++)
        {
            using var pixels = blocks[s].Pixels;
            for (var i = 0; i < byShard[s].Rows.Length; i++)
            {
                var row = byShard[s].Rows[i].row;
                batch.Labels[row] = blocks[s].Labels[i];
                prepare(
                    row,
                    blocks[s].SampleIds[i],
                    pixels.Bytes.Slice(i * image, image),
                    batch.Images.AsSpan(row * image, image)
                );
            }
        }
    }

    private delegate void PrepareImage(int row, int sampleId, ReadOnlySpan<byte> pixels, Span<float> target);
}

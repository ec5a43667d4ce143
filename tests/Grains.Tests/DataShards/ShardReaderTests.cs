using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Interfaces.DataShards;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.DataShards;

public sealed class ShardReaderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly ImmutableArray<int> Positions = [7, 3, 7];

    private readonly FakeTimeProvider _clock = new();
    private readonly TrainingMeter _meter = new(TimeProvider.System);
    private readonly List<ImmutableArray<int>> _asked = [];
    private Func<ImageRequest, Task<ImageBlock>> _shard = _ => throw new TimeoutException();

    [Fact]
    public async Task ShardThatAnswersIsRead()
    {
        var (reader, data) = await OpenAsync();
        var answer = data.Read(true, Positions);
        _shard = _ => Task.FromResult(answer);

        Assert.Same(answer, await reader.ReadAsync(true, 0, Positions));
    }

    [Fact]
    public async Task ImagesOfAShardThatIsAwayAreTheSameReadHere()
    {
        var (reader, data) = await OpenAsync();

        var block = await reader.ReadAsync(true, 0, Positions);

        var expected = data.Read(true, Positions);
        Assert.Equal(expected.SampleIds, block.SampleIds);
        Assert.Equal(expected.Labels, block.Labels);
        Assert.Equal(expected.Pixels.Bytes.ToArray(), block.Pixels.Bytes.ToArray());
        Assert.Equal(data.Subset[7], block.SampleIds[0]);
    }

    [Fact]
    public async Task OnlyImagesReadHereAreCountedHere()
    {
        var (reader, data) = await OpenAsync();
        var read = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (_meter.Owns(instrument) && instrument.Name == "mmorleans.dataset.images")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, images, _, _) => read += images);
        listener.Start();

        _shard = request => Task.FromResult(data.Read(true, request.Positions));
        await reader.ReadAsync(true, 0, Positions);
        Assert.Equal(0, read);
        _shard = _ => throw new TimeoutException();
        await reader.ReadAsync(true, 0, Positions);
        Assert.Equal(Positions.Length, read);
    }

    [Fact]
    public async Task SilentShardIsWaitedForOnceAndThenAskedBesideTheReads()
    {
        var (reader, data) = await OpenAsync();
        var lost = new TaskCompletionSource<ImageBlock>();
        _shard = _ => lost.Task;

        var first = reader.ReadAsync(true, 0, Positions);
        Assert.False(first.IsCompleted);
        _clock.Advance(Patience);
        await first;
        Assert.True(reader.ReadAsync(true, 0, Positions).IsCompletedSuccessfully); // at once, and from here
        Assert.Single(_asked);

        _clock.Advance(Pause);
        _shard = request => Task.FromResult(data.Read(true, request.Positions));
        await reader.ReadAsync(true, 0, Positions); // still from here: the question beside it brings the shard back
        await reader.ReadAsync(true, 0, Positions);
        Assert.Equal([3, 0, 3], _asked.Select(a => a.Length));
    }

    [Fact]
    public async Task OneSilentShardLeavesTheOthersAlone()
    {
        var (reader, data) = await OpenAsync();
        await reader.ReadAsync(true, 0, Positions);
        var answer = data.Read(true, Positions);
        _shard = _ => Task.FromResult(answer);

        Assert.Same(answer, await reader.ReadAsync(true, 1, Positions));
    }

    /// <summary>An answer above the largest message closes the connection that it is sent over.</summary>
    [Fact]
    public async Task ManyImagesAreAskedForAMebibyteAtATimeAndComeInTheirOrder()
    {
        var (reader, data) = await OpenAsync();
        var image = 3 * data.Size.Width * data.Size.Height;
        var positions = Enumerable
            .Range(0, 2 * ShardReader.LargestAnswer / image + 1)
            .Select(i => i * 7 % data.Count(train: true))
            .ToImmutableArray();
        var calls = 0;
        // One of them is lost: its images are read here.
        _shard = request =>
            ++calls == 2 ? throw new TimeoutException() : Task.FromResult(data.Read(true, request.Positions));

        var block = await reader.ReadAsync(true, 0, positions);

        Assert.All(_asked, asked => Assert.InRange(asked.Length * image, 1, ShardReader.LargestAnswer));
        var expected = data.Read(true, positions);
        Assert.Equal(expected.SampleIds, block.SampleIds);
        Assert.Equal(expected.Labels, block.Labels);
        Assert.True(expected.Pixels.Bytes.SequenceEqual(block.Pixels.Bytes));
    }

    [Fact]
    public void AnImageThatIsLargerThanThatComesAlone() =>
        Assert.Equal(
            [1, 1, 1],
            ShardReader.Pieces([1, 2, 3], ShardReader.LargestAnswer + 1).Select(piece => piece.Length)
        );

    private async Task<(ShardReader Reader, TrainingData Data)> OpenAsync()
    {
        var specification = LocalRun.Specification();
        var data = await new TrainingDataCache().OpenAsync(specification, null);
        var source = new DataSource(
            SpecificationDocument.Write(specification),
            null,
            data.ManifestHash,
            ShardPlan.Shards
        );
        var reader = new ShardReader(
            (_, request) =>
            {
                _asked.Add(request.Positions);
                return Ask(request);
            },
            source,
            data,
            Patience,
            Pause,
            _clock,
            _meter,
            NullLogger.Instance
        );
        return (reader, data);
    }

    public void Dispose() => _meter.Dispose();

    // A call that cannot even be sent fails as one that was.
    private async Task<ImageBlock> Ask(ImageRequest request) => await _shard(request);
}

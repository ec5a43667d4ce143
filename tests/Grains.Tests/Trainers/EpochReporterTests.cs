using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Trainers;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Tests.Trainers;

public class EpochReporterTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<int> _told = [];
    private bool _isAway;

    [Fact]
    public async Task EpochsAreToldInOrder()
    {
        var reporter = Reporter();
        reporter.Add(Epoch(1));
        reporter.Add(Epoch(2));
        reporter.Begin();
        await reporter.FlushAsync();

        Assert.Equal([1, 2], _told);
    }

    [Fact]
    public async Task EpochsThatCannotBeToldAreKeptAndNobodyWaits()
    {
        var reporter = Reporter();
        _isAway = true;
        reporter.Add(Epoch(1));
        reporter.Begin();
        await reporter.FlushAsync();
        reporter.Add(Epoch(2));
        Assert.Empty(_told);

        _isAway = false;
        reporter.Begin();
        await reporter.FlushAsync();
        Assert.Equal([1, 2], _told);
    }

    [Fact]
    public async Task LastEpochIsToldBeforeTheRunEnds()
    {
        var reporter = Reporter();
        _isAway = true;
        reporter.Add(Epoch(1));

        var finished = reporter.FinishAsync(TestContext.Current.CancellationToken);
        await reporter.FlushAsync();
        Assert.False(finished.IsCompleted);
        _isAway = false;
        while (!finished.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal([1], _told);
    }

    [Fact]
    public async Task RefusalIsNotSwallowed()
    {
        var reporter = new EpochReporter(
            _ => Task.FromException(new InvalidOperationException("refused")),
            TimeSpan.FromSeconds(5),
            _clock
        );
        reporter.Add(Epoch(1));
        reporter.Begin();
        await Assert.ThrowsAsync<InvalidOperationException>(reporter.FlushAsync);

        Assert.Throws<InvalidOperationException>(reporter.Begin);
    }

    [Fact]
    public async Task MemoryIsBounded()
    {
        var reporter = Reporter();
        for (var epoch = 1; epoch <= 1000; epoch++)
            reporter.Add(Epoch(epoch)); // a trainer that never writes
        reporter.Begin();
        await reporter.FlushAsync();

        Assert.Equal(Enumerable.Range(937, 64), _told);
    }

    private EpochReporter Reporter() =>
        new(
            epoch =>
            {
                if (_isAway)
                    return Task.FromException(new TimeoutException());
                _told.Add(epoch.Epoch);
                return Task.CompletedTask;
            },
            TimeSpan.FromSeconds(5),
            _clock
        );

    private static EpochResult Epoch(int number) =>
        new()
        {
            Epoch = number,
            Round = number,
            Phase = "main",
            LearningRate = 0.1,
            TrainLoss = 1,
            TrainAccuracy = 0,
        };
}

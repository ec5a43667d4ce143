using Microsoft.Extensions.Logging.Abstractions;
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
        _clock.Advance(TimeSpan.FromSeconds(1));
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
    public async Task EpochThatIsRefusedIsToldAgainAndTheTrainerGoesOn()
    {
        var refusals = new Queue<Exception>([
            new IOException("Stale file handle"),
            new InvalidOperationException("refused"),
        ]);
        var reporter = Reporter(_ =>
            refusals.TryDequeue(out var refusal) ? Task.FromException(refusal) : Task.CompletedTask
        );
        reporter.Add(Epoch(1));
        reporter.Add(Epoch(2));
        for (var round = 0; round < 3; round++)
        {
            reporter.Begin();
            await reporter.FlushAsync();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([1, 2], _told);
    }

    [Fact]
    public async Task RunThatRefusesIsNotAskedAtEveryRound()
    {
        var asked = 0;
        var reporter = Reporter(_ =>
        {
            asked++;
            return Task.FromException(new IOException("Stale file handle"));
        });
        reporter.Add(Epoch(1));
        for (var round = 0; round < 1000; round++)
        {
            reporter.Begin();
            await reporter.FlushAsync();
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        // 20 s: at 0, 0.5, 1.5, 3.5, 7.5 and 15.5 s.
        Assert.Equal(6, asked);
    }

    /// <summary>A run without its last row is better than one that never ends.</summary>
    [Fact]
    public async Task LastEpochThatIsRefusedForGoodHoldsTheEndUpForAMinute()
    {
        var reporter = Reporter(_ => Task.FromException(new InvalidOperationException("refused")));
        reporter.Add(Epoch(1));
        var began = _clock.GetUtcNow();

        var finished = reporter.FinishAsync(TestContext.Current.CancellationToken);
        while (!finished.IsCompleted && _clock.GetUtcNow() - began < TimeSpan.FromMinutes(10))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await finished;
        Assert.InRange(_clock.GetUtcNow() - began, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task EpochThatShowsThatTheRunMustNotGoOnEndsTheTrainer()
    {
        var wrong = new Fault("MM9099", "an image was missed", "report it");
        var reporter = new EpochReporter(
            _ => Task.FromResult<Fault?>(wrong),
            TimeSpan.FromSeconds(5),
            _clock,
            NullLogger.Instance
        );
        reporter.Add(Epoch(1));
        reporter.Begin();
        await reporter.FlushAsync();

        Assert.Equal(wrong, Assert.Throws<FaultException>(reporter.Begin).Fault);
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
        Reporter(_ => _isAway ? Task.FromException(new TimeoutException()) : Task.CompletedTask);

    private EpochReporter Reporter(Func<EpochResult, Task> report) =>
        new(
            async epoch =>
            {
                await report(epoch);
                _told.Add(epoch.Epoch);
                return null;
            },
            TimeSpan.FromSeconds(5),
            _clock,
            NullLogger.Instance
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

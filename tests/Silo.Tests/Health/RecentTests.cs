using MMOrleans.Silo.Health;

namespace MMOrleans.Silo.Tests.Health;

/// <summary>Whoever asks often gets what was found out a moment ago.</summary>
public class RecentTests
{
    private readonly Clock _clock = new();
    private int _asked;

    [Fact]
    public async Task AnAnswerIsGivenAgainForASecondAndThenAskedAnew()
    {
        var recent = new Recent<int>(TimeSpan.FromSeconds(1), _clock, () => Task.FromResult(++_asked));

        Assert.Equal(1, await recent.GetAsync());
        _clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(1, await recent.GetAsync());
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(2, await recent.GetAsync());
    }

    [Fact]
    public async Task WhoAsksMeanwhileWaitsForTheSameAnswer()
    {
        var answer = new TaskCompletionSource<int>();
        var recent = new Recent<int>(
            TimeSpan.FromSeconds(1),
            _clock,
            () =>
            {
                _asked++;
                return answer.Task;
            }
        );

        var first = recent.GetAsync();
        _clock.Advance(TimeSpan.FromMinutes(1));
        var second = recent.GetAsync();
        answer.SetResult(7);

        Assert.Equal((7, 7, 1), (await first, await second, _asked));
    }

    [Fact]
    public async Task AFailureIsNotRemembered()
    {
        var recent = new Recent<int>(
            TimeSpan.FromSeconds(1),
            _clock,
            () => ++_asked == 1 ? Task.FromException<int>(new IOException("away")) : Task.FromResult(_asked)
        );

        await Assert.ThrowsAsync<IOException>(recent.GetAsync);
        Assert.Equal(2, await recent.GetAsync());
    }

    private sealed class Clock : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _now += by;

        public override long GetTimestamp() => _now.Ticks;
    }
}

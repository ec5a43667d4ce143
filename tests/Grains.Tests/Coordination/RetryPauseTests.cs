using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class RetryPauseTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void FirstAttemptWaitsForNothing() => Assert.True(new RetryPause(_clock).IsOver);

    [Fact]
    public void PausesDoubleUpToTenSeconds()
    {
        var pause = new RetryPause(_clock);
        List<double> waited = [];
        for (var failure = 1; failure <= 100; failure++)
        {
            pause.Failed();
            var seconds = 0.0;
            for (; !pause.IsOver; seconds += 0.5)
                _clock.Advance(TimeSpan.FromSeconds(0.5));
            waited.Add(seconds);
        }

        Assert.Equal([0.5, 1, 2, 4, 8, 10, 10], waited.Take(7));
        Assert.Equal(10, waited[^1]);
    }

    [Fact]
    public void ASuccessBeginsAnew()
    {
        var pause = new RetryPause(_clock);
        for (var failure = 0; failure < 10; failure++)
            pause.Failed();

        pause.Succeeded();
        Assert.True(pause.IsOver);
        pause.Failed();
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(pause.IsOver);
    }
}

using MMOrleans.Grains.Timing;

namespace MMOrleans.Grains.Tests.Timing;

public class MonotonicClockTests
{
    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public void AStepOfTheWallClockIsSeenByPeopleOnly(double seconds)
    {
        var wall = new SteppedClock();
        var clock = new MonotonicClock(wall);
        var before = clock.Moment;

        wall.Step(TimeSpan.FromSeconds(seconds));
        var after = clock.Moment;

        Assert.InRange((after.Monotonic - before.Monotonic).TotalSeconds, 0, 60);
        Assert.InRange((after.Wall - before.Wall).TotalSeconds, seconds, seconds + 60);
    }
}

using MMOrleans.Grains.Trainers;

namespace MMOrleans.Grains.Tests.Trainers;

public class HeartbeatsTests
{
    /// <summary>A lease is announced once it is written, which takes milliseconds; who waits for its first one is not to wait half a second.</summary>
    [Fact]
    public void WhoeverIsToldNoLeaseAsksSoonAgainAndThenAsOftenAsOthers()
    {
        double[] pauses =
        [
            .. Enumerable
                .Range(0, 6)
                .Select(withheld =>
                    Heartbeats.Pause(withheld, false, TimeSpan.FromSeconds(0.5)).TotalMilliseconds
                ),
        ];

        Assert.Equal([500, 50, 100, 200, 500, 500], pauses);
    }

    [Fact]
    public void WhoeverWaitsForOthersHearsSoonThatTheirWorkHasGoneElsewhere() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(125),
            Heartbeats.Pause(0, isHeldUp: true, TimeSpan.FromSeconds(0.5))
        );
}

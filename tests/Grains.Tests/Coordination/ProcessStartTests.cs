using MMOrleans.Grains.Coordination;
using Orleans.Runtime;

namespace MMOrleans.Grains.Tests.Coordination;

public class ProcessStartTests
{
    [Fact]
    public void AnAddressMadeNowIsOfAProcessThatBeganNow()
    {
        var before = DateTimeOffset.UtcNow;

        var since = ProcessStart.Of(SiloAddress.New(new(0, 1), SiloAddress.AllocateNewGeneration()));

        // Every address of a process is of another second: beside tests that start silos this one's may lie some ahead.
        Assert.InRange(since, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }
}

using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Events;

namespace MMOrleans.Grains.Tests.Runs;

public class OutageTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);
    private readonly Outage _outage = new("Redis");

    [Fact]
    public void GoingAndComingAreToldOnceEachWithTimeAndRounds()
    {
        var fault = (Start, "Redis does not answer");
        Assert.Null(_outage.See(null, Start, 10));

        Assert.Equal(
            new StoreLost("Redis", "Redis does not answer"),
            _outage.See(fault, At(3), 12)?.Incident
        );
        Assert.Null(_outage.See(fault, At(5), 14));
        Assert.Equal(new StoreBack("Redis", 60, 400), _outage.See(null, At(60), 412)?.Incident);
        Assert.Null(_outage.See(null, At(62), 420));
    }

    private static DateTimeOffset At(double second) => Start.AddSeconds(second);
}

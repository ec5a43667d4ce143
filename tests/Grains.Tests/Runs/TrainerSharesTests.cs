using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class TrainerSharesTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("3", 1)]
    [InlineData("0-1,3,6-7", 5)]
    public void SlotsAreCounted(string ranges, int slots) =>
        Assert.Equal(slots, Assert.Single(TrainerShares.Of(Progress(ranges, roundSeconds: 1))).Slots);

    [Fact]
    public void WhoeverHasNotDoneARoundHasNoShares() =>
        Assert.Empty(TrainerShares.Of(Progress("0-1", roundSeconds: 0)));

    private static RunProgress Progress(string slots, double roundSeconds) =>
        new() { Trainers = [new("a/t0", "cpu", "ok", slots, 3, 100, roundSeconds, 0.1, 0.6, 0.1, 0.2)] };
}

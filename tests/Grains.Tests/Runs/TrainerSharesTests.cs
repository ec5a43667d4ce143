using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class TrainerSharesTests
{
    [Fact]
    public void SlotsAreCounted()
    {
        Assert.Equal(0, Count([]));
        Assert.Equal(1, Count([new(3, 4)]));
        Assert.Equal(5, Count([new(0, 2), new(3, 4), new(6, 8)]));

        static int Count(ImmutableArray<SlotRange> ranges) =>
            Assert.Single(TrainerShares.Of(Progress(ranges, roundSeconds: 1))).Slots;
    }

    [Fact]
    public void WhoeverHasNotDoneARoundHasNoShares() =>
        Assert.Empty(TrainerShares.Of(Progress([new(0, 2)], roundSeconds: 0)));

    private static RunProgress Progress(ImmutableArray<SlotRange> slots, double roundSeconds) =>
        new()
        {
            Trainers =
            [
                new("a/t0", "cpu", TrainerStage.Training, slots, 3, 100, roundSeconds, 0.1, 0.6, 0.1, 0.2),
            ],
        };
}

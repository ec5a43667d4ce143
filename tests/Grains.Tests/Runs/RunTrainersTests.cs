using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Tests.Runs;

public class RunTrainersTests
{
    [Theory]
    [InlineData(1, 0, 4, 1, 4)] // as many as there are slots for
    [InlineData(2, 3, 4, 2, 3)]
    [InlineData(2, 9, 4, 2, 4)] // more would have nothing to do
    [InlineData(6, 6, 4, 6, 6)] // unless the owner waits for them
    public void ARunAsksForNoMoreThanItHasWorkFor(int min, int max, int slots, int least, int most)
    {
        var settings = new RunSettings
        {
            Name = "test",
            MinTrainers = min,
            MaxTrainers = max,
        };

        Assert.Equal((least, most), RunTrainers.Wanted(TrainerClaim.Queued, settings, slots));
        Assert.Equal((least, most), RunTrainers.Wanted(TrainerClaim.Once, settings, slots));
        Assert.Equal((1, most), RunTrainers.Wanted(TrainerClaim.Begun, settings, slots));
    }
}

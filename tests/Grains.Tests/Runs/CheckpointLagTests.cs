using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class CheckpointLagTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void WithoutAnIntervalItIsEpochs() =>
        Assert.Equal(1.5, CheckpointLag.Of(new(), rounds: 15, roundsPerEpoch: 10, Hour));

    [Fact]
    public void OfSeveralEpochsItIsTheirShare() =>
        Assert.Equal(0.75, CheckpointLag.Of(new() { EveryEpochs = 2 }, rounds: 15, roundsPerEpoch: 10, Hour));

    [Fact]
    public void OfRoundsItCountsRounds() =>
        Assert.Equal(3, CheckpointLag.Of(new() { EveryRounds = 5 }, rounds: 15, roundsPerEpoch: 10, Hour));

    [Fact]
    public void OfTimeItCountsTimeWhateverTheRounds() =>
        Assert.Equal(
            4,
            CheckpointLag.Of(
                new() { EveryTime = TimeSpan.FromMinutes(15) },
                rounds: 0,
                roundsPerEpoch: 10,
                Hour
            )
        );
}

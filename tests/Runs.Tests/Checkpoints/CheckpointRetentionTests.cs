using MMOrleans.Runs.Checkpoints;
using Xunit;

namespace MMOrleans.Runs.Tests.Checkpoints;

public sealed class CheckpointRetentionTests
{
    [Fact]
    public void TheLeastIsBestWhenTheMetricIsALoss() =>
        Assert.Equal(
            ["a", "c"],
            new CheckpointRetention(1, 1, BestIsGreatest: false).Superfluous([
                ("a", 1, 0.9),
                ("b", 2, 0.2),
                ("c", 3, 0.3),
                ("d", 4, null),
            ])
        );

    [Fact]
    public void ACheckpointThatIsNewAndBestCountsForBoth() =>
        Assert.Equal(["a"], new CheckpointRetention(1, 1).Superfluous([("a", 1, 0.1), ("b", 2, 0.2)]));

    [Fact]
    public void NotANumberIsNeverBest() =>
        Assert.Equal(
            ["a"],
            new CheckpointRetention(1, 1).Superfluous([("a", 1, double.NaN), ("b", 2, 0.2), ("c", 3, null)])
        );
}

using MMOrleans.Grains.Trainers;

namespace MMOrleans.Grains.Tests.Trainers;

public class StallWatchTests
{
    private readonly StallWatch _watch = new(
        heartbeat: TimeSpan.FromSeconds(0.5),
        patience: TimeSpan.FromSeconds(3)
    );

    [Theory]
    [InlineData(0.01, 0.5, null)]
    [InlineData(0.01, 3.4, null)] // late by 2.9 s: a busy machine
    [InlineData(0.01, 8.5, 8.0)] // stopped while it waited
    [InlineData(3.0, 0.5, null)] // the call was given up: the coordinator is away
    [InlineData(5.9, 0.5, null)]
    [InlineData(9.0, 0.5, 9.0)] // stopped within the call
    public void OnlyWhatNoWaitExplainsIsAStandstill(double called, double waited, double? stood) =>
        Assert.Equal(
            stood,
            _watch.Stood(TimeSpan.FromSeconds(called), TimeSpan.FromSeconds(waited))?.TotalSeconds
        );
}

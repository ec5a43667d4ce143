using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class RunProgressSummaryTests
{
    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(7, 1, 7)] // the epoch's last round belongs to it
    [InlineData(8, 2, 1)]
    [InlineData(5555, 794, 4)] // 793 · 7 + 4
    public void TheEndIsWhereTheRoundIsEvenIfNoTrainerEverSaidAnything(long round, int epoch, int ofEpoch)
    {
        var end = RunProgressSummary.End(new(), round, rounds: 7000, epochs: 1000);

        Assert.Equal((round, epoch, ofEpoch), (end.Round, end.Epoch, end.RoundOfEpoch));
        Assert.Equal((7000, 1000, 7), (end.Rounds, end.Epochs, end.RoundsPerEpoch));
    }
}

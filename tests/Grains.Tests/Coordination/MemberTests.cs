using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Tests.Coordination;

public class MemberTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Beat = new LivenessOptions().Beat;

    /// <summary>A trainer that waits heartbeats every 125 ms, and one without slots may lag by 0.3 s on a busy machine.</summary>
    [Theory]
    [InlineData(0.125)]
    [InlineData(0.5)]
    public void ATrainerThatLagsByLessThanAHeartbeatKeepsUpHoweverOftenItTells(double seconds)
    {
        const int RoundsASecond = 14;
        const int Lag = 4;
        var member = new Member("b/t0", TimeSpan.MaxValue, Beat);
        for (var time = 0.0; time < 10; time += seconds)
        {
            var highest = Lag + (long)(time * RoundsASecond);
            Tell(member, time, highest - Lag, highest);
            Assert.False(member.IsBehind, $"after {time} s");
        }
    }

    [Fact]
    public void ATrainerIsBehindAtTheSecondLookAndNoLongerOnceItHasCaughtUp()
    {
        var member = new Member("b/t0", TimeSpan.MaxValue, Beat);
        Tell(member, 0, 50, 150);
        Tell(member, 1, 51, 160);
        Assert.False(member.IsBehind, "once does not count");

        Tell(member, 2, 52, 174);
        Assert.True(member.IsBehind);

        Tell(member, 2.1, 173, 175);
        Assert.False(member.IsBehind);
    }

    [Fact]
    public void AWrongStateIsNotForgiven()
    {
        var member = new Member("a/t0", TimeSpan.FromMinutes(10), Beat);
        member.Leave("its state differs", Now, Now, mustCopy: true);
        member.Leave("silent", Now, Now);

        Assert.Equal((2, 1), (member.Departures(Now), member.Departures(Now + TimeSpan.FromDays(1))));
    }

    private static void Tell(Member member, double second, long round, long highest) =>
        member.Note(
            new()
            {
                Trainer = member.Trainer,
                Term = 1,
                Stage = TrainerStage.Training,
                Round = round,
            },
            Now + TimeSpan.FromSeconds(second),
            highest
        );
}

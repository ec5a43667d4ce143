using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Tests.Coordination;

public class ReviewPaceTests
{
    private static readonly TimeSpan Beat = new LivenessOptions().Beat;
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private readonly ReviewPace _pace = new(Beat);
    private readonly Member _member = new("a/t0", TimeSpan.FromSeconds(30), Beat);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(99, 0)]
    [InlineData(1000, 10)]
    [InlineData(10_000, 100)]
    public void NewsWaitsForAMillisecondForEachHundredTrainers(int trainers, int milliseconds)
    {
        Hear(TrainerStage.Training);
        _pace.Reviewed(Now);
        Hear(TrainerStage.Faulted);

        var due = Now + TimeSpan.FromMilliseconds(milliseconds);
        Assert.True(_pace.IsDue(due, trainers));
        Assert.False(_pace.IsDue(due - TimeSpan.FromTicks(1), trainers));
    }

    [Fact]
    public void WithoutNewsAReviewIsDueTenTimesInTheTimeOfAHeartbeat()
    {
        Hear(TrainerStage.Training);
        _pace.Reviewed(Now);
        Hear(TrainerStage.Training);

        Assert.False(_pace.IsDue(Now + (Beat / 11), 2));
        Assert.True(_pace.IsDue(Now + (Beat / 10), 2));
    }

    [Fact]
    public void WhoWasOutOfTheRunIsNews()
    {
        Hear(TrainerStage.Training);
        _member.Leave("silent", Now, Now);
        _pace.Reviewed(Now);
        Hear(TrainerStage.Training);

        Assert.True(_pace.IsDue(Now, 2));
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(500, 250)]
    [InlineData(1000, 500)]
    [InlineData(10_000, 500)]
    public void TheMoreTrainersTheSeldomerAllOfThemAreToldOf(int trainers, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _pace.BetweenTellings(trainers));

    private void Hear(TrainerStage stage)
    {
        var heartbeat = new Heartbeat
        {
            Trainer = _member.Trainer,
            Term = 0,
            Stage = stage,
            Round = 0,
        };
        _pace.Heard(_member, heartbeat);
        _member.Note(heartbeat, Now, 0);
    }
}

using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Tests.Coordination;

public class BeatAnswerTests
{
    private static readonly Lease Lease = new(4, [new(0, 2)], true, ["r/0/4/a"]);
    private static readonly BeatAnswer Answer = new(Directive.Train, Lease, 7, "b/t0", true);

    [Fact]
    public void ALeaseThatATrainerHasIsNotSentAgain()
    {
        var sent = Answer.To(Beat(Lease));

        Assert.Equal(Answer with { Lease = null, HeldTerm = 4 }, sent);
        Assert.Equal(4, sent.Term);
    }

    [Fact]
    public void ATrainerOfAnOlderBuildIsSentItEachTime() =>
        Assert.Same(Answer, Answer.To(Beat(Lease) with { KnowsHeldTerm = false }));

    [Fact]
    public void AnotherTermIsSent()
    {
        Assert.Same(Answer, Answer.To(Beat(null)));
        Assert.Same(Answer, Answer.To(Beat(Lease with { Term = 2 })));
        Assert.Same(Answer, Answer.To(Beat(Lease with { Term = Lease.FallbackTerm(Lease.Term) })));
    }

    /// <summary>The trainer asks again soon for a lease that is about to be announced, and only then.</summary>
    [Fact]
    public void AnAnswerThatWithholdsTheLeaseNamesNoTerm() =>
        Assert.Equal(0, (Answer with { Lease = null }).Term);

    private static Heartbeat Beat(Lease? lease) =>
        new()
        {
            Trainer = "a/t0",
            Term = lease?.Term ?? 0,
            Stage = TrainerStage.Training,
            Round = 7,
            Lease = lease,
            KnowsHeldTerm = true,
        };
}

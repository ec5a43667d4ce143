using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Grains.Tests.Coordination;

public class StandingsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private readonly Standings _standings = new();

    [Fact]
    public void NobodyIsFurthestBeforeAnybodyHasAState()
    {
        Place("a/t0", 0, TrainerStage.Starting, hasState: false);

        Assert.Equal((-1, true), _standings.Furthest);
        Assert.Null(_standings.Source(Some("b/t0"), Silent()));
    }

    [Fact]
    public void TheEndOfAnEpochIsFurtherThanItsLastRound()
    {
        Place("a/t0", 7, closing: true);
        Assert.Equal((7, false), _standings.Furthest);

        Place("b/t0", 7);
        Assert.Equal((7, true), _standings.Furthest);
    }

    [Fact]
    public void WhoComputesIsFurthestHoweverFarAnOldStateIs()
    {
        Place("a/t0", 9, TrainerStage.Joining);
        Place("b/t0", 5);

        Assert.Equal((5, true), _standings.Furthest);
        Assert.Equal("b/t0", _standings.Source(Some("c/t0"), Silent())!.Trainer);
    }

    [Fact]
    public void OfThoseEquallyFarTheFirstByNameIsCopiedFrom()
    {
        Place("b/t0", 5);
        var first = Place("a/t0", 5);

        Assert.Equal("a/t0", _standings.Source(Some("c/t0"), Silent())!.Trainer);
        Assert.Equal("b/t0", _standings.Source(first, Silent())!.Trainer);
    }

    [Fact]
    public void ASilentSiloIsCopiedFromOnlyWhereThereIsNoOther()
    {
        Place("a/t0", 5);
        Assert.Equal("a/t0", _standings.Source(Some("c/t0"), Silent("a"))!.Trainer);

        Place("b/t0", 4);
        Assert.Equal("b/t0", _standings.Source(Some("c/t0"), Silent("a"))!.Trainer);
    }

    [Fact]
    public void WhoLeavesOrHasAWrongStateIsNoSource()
    {
        var wrong = Place("a/t0", 5);
        Place("b/t0", 4);
        wrong.Leave("its state differs", Now, Now, mustCopy: true);
        _standings.Place(wrong);

        Assert.Equal((4, true), _standings.Furthest);

        wrong.Return();
        _standings.Place(wrong);

        Assert.Equal((5, true), _standings.Furthest);
        Assert.Equal("b/t0", _standings.Source(Some("c/t0"), Silent())!.Trainer);
    }

    /// <summary>What was kept as trainers changed says what looking at all of them would.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void StandingsSayWhatALookAtEverybodySays(int seed)
    {
        var random = new Random(seed);
        Member[] everybody =
        [
            .. Enumerable.Range(0, 9).Select(i => Some($"{(char)('a' + (i / 3))}/t{i % 3}")),
        ];
        TrainerStage[] stages = [TrainerStage.Training, TrainerStage.Joining, TrainerStage.Done];
        for (var i = 0; i < 2000; i++)
        {
            var member = everybody[random.Next(everybody.Length)];
            if (random.Next(10) > 1)
                Tell(
                    member,
                    random.Next(4),
                    stages[random.Next(stages.Length)],
                    random.Next(2) == 0,
                    random.Next(4) > 0
                );
            else if (member.IsIn)
                member.Leave("gone", Now, Now, mustCopy: random.Next(2) == 0);
            else
                member.Return();
            _standings.Place(member);

            var silent = random.Next(2) == 0 ? Silent("a") : Silent();
            Assert.Equal(Furthest(everybody), _standings.Furthest);
            Assert.Equal(Source(everybody, member, silent), _standings.Source(member, silent));
        }
    }

    private static HashSet<string> Silent(params string[] silos) => [.. silos];

    private static (long, bool) Furthest(Member[] everybody)
    {
        var holders = Holders(everybody).ToList();
        return holders.Count > 0 ? holders.Max(member => member.Progress) : (-1, true);
    }

    private static Member? Source(Member[] everybody, Member copier, HashSet<string> silent) =>
        Holders(everybody)
            .Where(member => member != copier && !member.MustCopy)
            .MaxBy(member => (!silent.Contains(member.Silo), member.Progress)); // the first of equals

    private static IEnumerable<Member> Holders(Member[] everybody) =>
        everybody.Any(member => member.HoldsState)
            ? everybody.Where(member => member.HoldsState)
            : everybody.Where(member => member.HasState);

    private Member Place(
        string trainer,
        long round,
        TrainerStage stage = TrainerStage.Training,
        bool closing = false,
        bool hasState = true
    )
    {
        var member = Some(trainer);
        Tell(member, round, stage, closing, hasState);
        _standings.Place(member);
        return member;
    }

    private static Member Some(string trainer) =>
        new(trainer, TimeSpan.FromSeconds(30), new LivenessOptions().Beat);

    private static void Tell(Member member, long round, TrainerStage stage, bool closing, bool hasState) =>
        member.Note(
            new()
            {
                Trainer = member.Trainer,
                Term = 1,
                Stage = stage,
                Round = round,
                Closing = closing,
                StateHash = hasState ? 1u : 0u,
            },
            Now,
            round
        );
}

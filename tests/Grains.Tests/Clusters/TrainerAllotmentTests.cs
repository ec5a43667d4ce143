using MMOrleans.Grains.Clusters;
using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Grains.Tests.Clusters;

public class TrainerAllotmentTests
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.UnixEpoch;

    [Fact]
    public void RunGetsItsWholeGangOrNobodyAndTheReason()
    {
        var given = TrainerAllotment.Decide(Ask("r-new", min: 2, max: 3), Trainers("", "", "", ""), []);
        Assert.Equal(["s/t0", "s/t1", "s/t2"], given.Trainers.Select(t => t.Trainer));

        var refused = TrainerAllotment.Decide(Ask("r-new", min: 3), Trainers("r-a", "r-a", "", "r-b"), []);

        Assert.Empty(refused.Trainers);
        Assert.Equal("wanted 3 trainers, have 1 (2 busy with r-a, 1 busy with r-b)", refused.Words);
        Assert.Equal(1, refused.Free);
    }

    [Fact]
    public void GangIsOfOneBuild()
    {
        var all = Trainers("", "", "").SetItem(0, Trainer(0, "", "avx512"));

        var given = TrainerAllotment.Decide(Ask("r-new", min: 1), all, []);

        Assert.Equal(["s/t1", "s/t2"], given.Trainers.Select(t => t.Trainer));
    }

    [Fact]
    public void RunThatWasStartedOnABuildGetsTrainersOfThatBuildOnly()
    {
        var all = Trainers("", "", "").SetItem(0, Trainer(0, "", "avx512"));
        var resumed = Ask("r-old", min: 1) with { Fingerprint = "avx512" };

        var given = TrainerAllotment.Decide(resumed, all, []);

        Assert.Equal(["s/t0"], given.Trainers.Select(t => t.Trainer)); // though the others are more
    }

    [Fact]
    public void RunWhoseBuildIsNotThereIsToldBothAndWhatToDo()
    {
        var resumed = Ask("r-old", min: 1) with { Fingerprint = "avx512" };

        var refused = TrainerAllotment.Decide(resumed, Trainers("", "", "r-b"), []);

        Assert.Empty(refused.Trainers);
        Assert.Equal(0, refused.Free);
        Assert.Equal(
            "wanted 1 trainer, have 0 (1 busy with r-b, 2 of another build or device: avx2, where the run was started on avx512)",
            refused.Words
        );
        Assert.Contains("start a silo of that build", refused.Fix, StringComparison.Ordinal);
    }

    /// <summary>A silo that came back with another card holds a trainer of the run, and cannot go on with it.</summary>
    [Fact]
    public void OwnTrainerOfAnotherBuildIsNotGivenAgain()
    {
        var begun = Ask("r-a", min: 1) with { Claim = TrainerClaim.Begun, Fingerprint = "avx512" };
        var all = Trainers("r-a", "").SetItem(1, Trainer(1, "", "avx512"));

        Assert.Equal(["s/t1"], TrainerAllotment.Decide(begun, all, []).Trainers.Select(t => t.Trainer));
    }

    [Fact]
    public void RunThatWaitsForAnotherBuildKeepsNobodyWaiting()
    {
        var older = new WaitingRun("r-old", MinTrainers: 1, Priority: 0, Noon.AddHours(-1), "avx512");

        Assert.Single(TrainerAllotment.Decide(Ask("r-new", min: 1), Trainers(""), [older]).Trainers);
        Assert.Empty(
            TrainerAllotment
                .Decide(Ask("r-new", min: 1), Trainers(""), [older with { Fingerprint = "avx2" }])
                .Trainers
        );
    }

    [Fact]
    public void NobodyOvertakesAnOlderRunThatWaitsForMoreTrainers()
    {
        var older = new WaitingRun("r-large", MinTrainers: 4, Priority: 0, Noon.AddMinutes(-1));

        var allotment = TrainerAllotment.Decide(Ask("r-small", min: 1), Trainers("", "r-a"), [older]);

        Assert.Empty(allotment.Trainers);
        Assert.Equal("wanted 1 trainer, have 1 (r-large before it, for 4 trainers)", allotment.Words);
    }

    [Fact]
    public void HigherPriorityComesFirstHoweverLateItWasSubmitted()
    {
        var older = new WaitingRun("r-older", MinTrainers: 1, Priority: 0, Noon.AddHours(-1));
        var free = Trainers("");

        Assert.Single(TrainerAllotment.Decide(Ask("r-urgent", min: 1, priority: 5), free, [older]).Trainers);
        Assert.Empty(TrainerAllotment.Decide(Ask("r-idle", min: 1, priority: -5), free, [older]).Trainers);
    }

    [Fact]
    public void TwoOfOneMomentHaveAnOrder()
    {
        var a = new WaitingRun("r-a", 1, 0, Noon);
        var b = new WaitingRun("r-b", 1, 0, Noon);

        Assert.Single(TrainerAllotment.Decide(Ask("r-a", min: 1), Trainers(""), [a, b]).Trainers);
        Assert.Empty(TrainerAllotment.Decide(Ask("r-b", min: 1), Trainers(""), [a, b]).Trainers);
    }

    [Fact]
    public void RunThatHasBegunKeepsItsTrainersAndGrowsOnlyWhenNobodyWaits()
    {
        var begun = Ask("r-a", min: 1, max: 4) with { Claim = TrainerClaim.Begun };
        var all = Trainers("r-a", "r-a", "");
        var waiting = new WaitingRun("r-new", MinTrainers: 2, Priority: 0, Noon);

        Assert.Equal(2, TrainerAllotment.Decide(begun, all, [waiting]).Trainers.Length);
        Assert.Equal(3, TrainerAllotment.Decide(begun, all, []).Trainers.Length);
    }

    [Fact]
    public void WhoeverWasGivenItsTrainersIsNotSentBackIntoTheQueue()
    {
        var again = Ask("r-a", min: 1) with { Claim = TrainerClaim.Once, Since = Noon.AddHours(1) };
        var older = new WaitingRun("r-b", MinTrainers: 1, Priority: 0, Noon);

        var allotment = TrainerAllotment.Decide(again, Trainers("r-a", ""), [older]);

        Assert.Equal(["s/t0"], allotment.Trainers.Select(t => t.Trainer));
    }

    [Fact]
    public void RunThatLostEveryTrainerComesBeforeThoseThatHaveNotBegun()
    {
        var begun = Ask("r-a", min: 1, max: 4) with { Claim = TrainerClaim.Begun };
        var waiting = new WaitingRun("r-new", MinTrainers: 2, Priority: 9, Noon.AddHours(-1));

        Assert.Single(TrainerAllotment.Decide(begun, Trainers("", ""), [waiting]).Trainers);
    }

    private static TrainerRequest Ask(string run, int min, int max = 0, int priority = 0) =>
        new(run, min, max, TrainerClaim.Queued, priority, Noon);

    private static ImmutableArray<TrainerDescription> Trainers(params string[] runs) =>
        [.. runs.Select((run, i) => Trainer(i, run, "avx2"))];

    private static TrainerDescription Trainer(int index, string run, string build) =>
        new($"s/t{index}", "cpu", build, run);
}

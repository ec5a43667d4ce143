using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Grains.Tests.Coordination;

public class LeasePlanTests
{
    [Fact]
    public void EverySlotIsSharedOnceWhateverTheNumbers()
    {
        for (var slots = 1; slots <= 17; slots++)
        for (var trainers = 1; trainers <= 9; trainers++)
            AssertWhole(slots, LeasePlan.Share(slots, Names(trainers)));
    }

    [Fact]
    public void SharesDifferByNoMoreThanTheTreeForces()
    {
        var shares = LeasePlan.Share(8, Names(4)).Values.Select(ranges => ranges.Sum(r => r.Length));

        Assert.All(shares, share => Assert.Equal(2, share));
    }

    [Fact]
    public void EveryRangeIsANodeOfTheTreeSoThatItTravelsAsOneVector()
    {
        for (var slots = 1; slots <= 17; slots++)
        for (var trainers = 1; trainers <= 9; trainers++)
            foreach (var range in LeasePlan.Share(slots, Names(trainers)).Values.SelectMany(r => r))
                Assert.True(
                    AveragingTree.IsNode(slots, range.Start, range.End),
                    $"{range} of {slots} among {trainers}"
                );
    }

    [Fact]
    public void TrainersBeyondTheSlotsAreSpares()
    {
        var plan = LeasePlan.Share(2, Names(3));

        Assert.Equal(2, plan.Values.Count(ranges => !ranges.IsEmpty));
    }

    [Fact]
    public void SurvivorsKeepWhatTheyHoldWhenAnothersSlotsAreInherited()
    {
        var before = LeasePlan.Share(8, Names(4));

        var after = LeasePlan.Mend(
            8,
            before.Where(s => s.Key != "t2").ToDictionary(s => s.Key, s => s.Value)
        );

        AssertWhole(8, after);
        foreach (var (trainer, ranges) in after)
            Assert.Empty(LeasePlan.Slots(before[trainer]).Except(LeasePlan.Slots(ranges)));
    }

    /// <summary>Two survivors with three and one slots would take half as long again as with two each.</summary>
    [Fact]
    public void ABlockOfOrphansIsSplitWhereThatSavesAQuarterOfARound()
    {
        var after = LeasePlan.Mend(
            4,
            new Dictionary<string, ImmutableArray<SlotRange>> { ["a"] = [new(0, 1)], ["b"] = [new(1, 2)] }
        );

        Assert.Equal((2, 2), (Held(after, "a"), Held(after, "b")));
    }

    [Fact]
    public void ABlockOfOrphansStaysWholeWhereSplittingItSavesLess()
    {
        var before = LeasePlan.Share(64, Names(4)); // 16 each
        var after = LeasePlan.Mend(
            64,
            before.Where(s => s.Key is not "t3").ToDictionary(s => s.Key, s => s.Value)
        );

        AssertWhole(64, after);
        Assert.All(after.Keys, trainer => Assert.InRange(Held(after, trainer), 16, 24));
        Assert.True(after.Values.Sum(ranges => ranges.Length) <= 6, "few vectors");
    }

    /// <summary>After any trainer has gone, each survivor has at most a third more than a fair share, or what it had before.</summary>
    [Fact]
    public void SurvivorsSharesAreFairWhoeverGoes()
    {
        for (var slots = 1; slots <= 33; slots++)
        for (var trainers = 2; trainers <= 9; trainers++)
        {
            var before = LeasePlan.Share(slots, Names(trainers));
            foreach (var gone in before.Keys)
            {
                var after = LeasePlan.Mend(
                    slots,
                    before.Where(s => s.Key != gone).ToDictionary(s => s.Key, s => s.Value)
                );

                AssertWhole(slots, after);
                var fair = Math.Ceiling(slots / (trainers - 1.0));
                var most = before.Where(s => s.Key != gone).Max(s => LeasePlan.Slots(s.Value).Count());
                Assert.All(
                    after.Keys,
                    trainer => Assert.InRange(Held(after, trainer), 0, Math.Max(most, fair / 0.75))
                );
            }
        }
    }

    [Fact]
    public void OrphanedSlotsGoToHeirsOnly()
    {
        Dictionary<string, ImmutableArray<SlotRange>> survivors = new()
        {
            ["leaving"] = [],
            ["staying"] = [new(0, 2)],
        };

        var after = LeasePlan.Mend(4, survivors, new HashSet<string> { "staying" });

        Assert.Empty(after["leaving"]);
        Assert.Equal([new SlotRange(0, 4)], after["staying"]);
    }

    private static int Held(IReadOnlyDictionary<string, ImmutableArray<SlotRange>> plan, string trainer) =>
        LeasePlan.Slots(plan[trainer]).Count();

    private static string[] Names(int trainers) => [.. Enumerable.Range(0, trainers).Select(i => $"t{i}")];

    private static void AssertWhole(int slots, IReadOnlyDictionary<string, ImmutableArray<SlotRange>> plan) =>
        Assert.Equal(Enumerable.Range(0, slots), plan.Values.SelectMany(LeasePlan.Slots).Order());
}

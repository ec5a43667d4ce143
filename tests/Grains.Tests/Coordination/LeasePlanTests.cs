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

    private static string[] Names(int trainers) => [.. Enumerable.Range(0, trainers).Select(i => $"t{i}")];

    private static void AssertWhole(int slots, IReadOnlyDictionary<string, ImmutableArray<SlotRange>> plan) =>
        Assert.Equal(Enumerable.Range(0, slots), plan.Values.SelectMany(LeasePlan.Slots).Order());
}

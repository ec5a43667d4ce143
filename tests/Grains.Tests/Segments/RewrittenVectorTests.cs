using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;
using MMOrleans.Grains.Tests.Transport;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Tests.Segments;

/// <summary>A segment reads vectors where they lie, in memory that whoever gave them may write anew once its call is given up.</summary>
public class RewrittenVectorTests
{
    private readonly SegmentRounds _rounds = new();

    [Fact]
    public void BlockThatIsWrittenAnewBeforeItIsSummedIsAsIfItHadNeverCome()
    {
        var first = new RewrittenMemory(1);
        Assert.Null(_rounds.Contribute(Give("a", 0, first)));
        first.Renew();

        Assert.Null(_rounds.Contribute(Give("b", 1, new(2))));

        Assert.Equal(3f / 2, Average(_rounds.Contribute(Give("c", 0, new(1)))));
    }

    /// <summary>The same while it is read, which only the version after reading tells.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void BlockThatIsWrittenAnewWhileItIsSummedIsAsIfItHadNeverCome(int slot)
    {
        var torn = new RewrittenMemory(1 + slot);
        Assert.Null(_rounds.Contribute(Give("a", slot, torn)));
        torn.RenewAfterRead = true;

        Assert.Null(_rounds.Contribute(Give("b", 1 - slot, new(2 - slot))));

        Assert.Equal(3f / 2, Average(_rounds.Contribute(Give("c", slot, new(1 + slot)))));
    }

    [Fact]
    public void WholeRoundOfOneTrainerThatIsWrittenAnewIsNoResult()
    {
        var torn = new RewrittenMemory(3);
        var whole = Give("a", 0, torn, slots: 2);
        torn.RenewAfterRead = true;

        Assert.Null(_rounds.Contribute(whole));

        Assert.Equal(3f / 2, Average(_rounds.Contribute(Give("a", 0, new(3), slots: 2))));
    }

    [Fact]
    public void SumOfOthersOutlivesABlockThatIsWrittenAnew()
    {
        var torn = new RewrittenMemory(8);
        Assert.Null(_rounds.Contribute(Give("a", 0, new(1), all: 4)));
        Assert.Null(_rounds.Contribute(Give("b", 1, new(2), all: 4)));
        Assert.Null(_rounds.Contribute(Give("c", 3, torn, all: 4)));
        torn.RenewAfterRead = true;

        Assert.Null(_rounds.Contribute(Give("d", 2, new(4), all: 4)));

        Assert.Equal(15f / 4, Average(_rounds.Contribute(Give("e", 3, new(8), all: 4))));
    }

    [Fact]
    public void WhatALenderWroteAnewIsNotCopiedWhenItIsAnswered()
    {
        var lent = new RewrittenMemory(1);
        Assert.Null(_rounds.Contribute(Give("a", 0, lent)));
        lent.Renew();

        _rounds.DetachBorrowed(0);

        Assert.Equal(0, _rounds.Memory.Blocks);
    }

    [Fact]
    public void BytesThatDifferBecauseTheyAreOthersByNowAreNoConflictAndThoseThatCameLaterCount()
    {
        var torn = new RewrittenMemory(1);
        Assert.Null(_rounds.Contribute(Give("a", 0, torn)));
        torn.RenewAfterRead = true;

        Assert.Null(_rounds.Contribute(Give("b", 0, new(5))));

        Assert.Equal(7f / 2, Average(_rounds.Contribute(Give("c", 1, new(2)))));
    }

    private static float Average(SegmentAnswer? answer) => answer!.Averaged!.As<float>()[0];

    private static Contribution Give(
        string trainer,
        int slot,
        RewrittenMemory memory,
        int slots = 1,
        int all = 2
    ) =>
        new()
        {
            Trainer = trainer,
            Round = 0,
            Phase = Phase.Main,
            StateHash = 7,
            Shape = new(0, all, 1, sizeof(float), 0, 8),
            Blocks =
            [
                new(new(slot, slot + slots), VectorChunk.Borrow(memory.Memory), new(slots, slots, 0, 0, 0)),
            ],
        };
}

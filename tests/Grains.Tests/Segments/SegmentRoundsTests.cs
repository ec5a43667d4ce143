using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Segments;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Tests.Segments;

public class SegmentRoundsTests
{
    private const int Slots = 4;
    private readonly SegmentRounds _rounds = new();

    [Fact]
    public void RoundClosesWithTheLastSlotAndDividesByWeightsAndByImages()
    {
        Assert.Null(_rounds.Contribute(Give("a", 0, Block(0, 2, 6, 8))));

        var answer = _rounds.Contribute(Give("b", 0, Block(2, 4, 2, 4)));

        Assert.Equal(SegmentOutcome.Averaged, answer!.Outcome);
        Assert.Equal([8f / 4, 12f / 8], answer.Averaged!.As<float>().ToArray()); // Σ w is 2 + 2, images are 4 + 4
        Assert.Equal(8, answer.Total.Images);
    }

    [Fact]
    public void WhatSaysTheImpossibleAboutItselfIsRefusedAndOpensNothing()
    {
        var sound = Give("a", 0, Block(0, 2, 6, 8));
        Contribution[] forged =
        [
            sound with
            {
                Trainer = null!,
            },
            sound with
            {
                Round = long.MinValue,
            },
            sound with
            {
                Blocks = default,
            },
            sound with
            {
                Blocks = [null!],
            },
            sound with
            {
                Shape = sound.Shape with { Slots = 0 },
            },
            sound with
            {
                Shape = sound.Shape with { ElementBytes = 3 },
            },
            sound with
            {
                Shape = sound.Shape with { Elements = 1 << 30 },
            }, // four bytes each: none, in 32 bits
            sound with
            {
                Shape = sound.Shape with { ByDenominator = 1 << 20 },
            },
        ];

        foreach (var contribution in forged)
            Assert.Throws<InvalidOperationException>(() => _rounds.Contribute(contribution));

        Assert.Null(_rounds.Contribute(sound));
        Assert.NotNull(_rounds.Contribute(Give("b", 0, Block(2, 4, 2, 4))));
    }

    [Fact]
    public void SumFollowsTheTreeWhateverComesFirst()
    {
        float[] values = [1e8f, 1f, -1e8f, 1f];
        var expected = (values[0] + values[1]) + (values[2] + values[3]);
        foreach (
            var order in (int[][])
                [
                    [0, 1, 2, 3],
                    [3, 2, 1, 0],
                    [2, 0, 3, 1],
                ]
        )
        {
            var rounds = new SegmentRounds();
            SegmentAnswer? answer = null;
            foreach (var slot in order)
                answer = rounds.Contribute(Give("a", 0, Block(slot, slot + 1, 0, values[slot])));
            Assert.Equal(expected / 4, answer!.Averaged!.As<float>()[1] * 2); // two images a block: 8 in all, 4 × 2
        }
    }

    [Fact]
    public void BlockGivenTwiceIsCountedAndNotSummedTwice()
    {
        _rounds.Contribute(Give("a", 0, Block(0, 2, 1, 1)));
        _rounds.Contribute(Give("b", 0, Block(0, 2, 1, 1)));

        var answer = _rounds.Contribute(Give("a", 0, Block(2, 4, 1, 1)));

        Assert.Equal(1, _rounds.DuplicateBlocks);
        Assert.Equal(2f / 4, answer!.Averaged!.As<float>()[0]);
    }

    [Fact]
    public void SlotsComputedTwiceToDifferentBytesStopTheRoundAndNameBoth()
    {
        _rounds.Contribute(Give("a", 0, Block(0, 2, 1, 1)));

        var second = _rounds.Contribute(Give("b", 0, Block(0, 2, 1, 2)));
        var third = _rounds.Contribute(Give("c", 0, Block(2, 4, 1, 1)));

        Assert.All(
            [second, third],
            answer =>
            {
                Assert.Equal(SegmentOutcome.BlocksDiffer, answer!.Outcome);
                Assert.Equal(
                    "slots 0-1 of round 0 came with different bytes from a and from b",
                    answer.Detail
                );
            }
        );
    }

    /// <summary>Two kinds of card differ in the last bits: whoever is second is not wrong.</summary>
    [Fact]
    public void RelaxedOfTwoBlocksTheFirstCounts()
    {
        _rounds.Contribute(Relaxed(Give("a", 0, Block(0, 2, 1, 1))));

        Assert.Null(_rounds.Contribute(Relaxed(Give("b", 0, Block(0, 2, 1, 2)))));
        var answer = _rounds.Contribute(Relaxed(Give("b", 0, Block(2, 4, 1, 3))));

        Assert.Equal(1, _rounds.DuplicateBlocks);
        Assert.Equal(4f / 8, answer!.Averaged!.As<float>()[1]);
    }

    [Fact]
    public void ResultOfALifeBeforeThatIsAnotherOneStopsAStrictRunAndNoRelaxedOne()
    {
        var other = new SettledRound(Chunk(9, 9), default);
        _rounds.Contribute(Give("a", 0, Block(0, 4, 1, 1)));

        Assert.Equal(
            SegmentOutcome.BlocksDiffer,
            _rounds.Contribute(Give("b", 0) with { Settled = other })!.Outcome
        );

        var relaxed = new SegmentRounds();
        relaxed.Contribute(Relaxed(Give("a", 0, Block(0, 4, 1, 1))));
        Assert.Equal(
            SegmentOutcome.Averaged,
            relaxed.Contribute(Relaxed(Give("b", 0) with { Settled = other }))!.Outcome
        );
    }

    [Fact]
    public void LateComerGetsTheSameBytes()
    {
        var first = _rounds.Contribute(Give("a", 0, Block(0, 4, 1, 2)))!.Averaged!.Bytes.ToArray();
        _rounds.Contribute(Give("a", 1, Block(0, 4, 3, 4)));

        var late = _rounds.Contribute(Give("b", 0));

        Assert.Equal(first, late!.Averaged!.Bytes.ToArray());
    }

    [Fact]
    public void RoundWhoseResultIsGoneIsAnsweredBehindWithTheNewest()
    {
        for (var round = 0; round < 33; round++)
            _rounds.Contribute(Give("a", round, Block(0, 4, 1, 1)));

        var answer = _rounds.Contribute(Give("b", 0));

        Assert.Equal((SegmentOutcome.Behind, 32L), (answer!.Outcome, answer.Newest));
    }

    [Fact]
    public void WrongPhaseIsRefusedAndNothingIsStored()
    {
        var answer = _rounds.Contribute(Give("a", 9, Block(0, 4, 1, 1)) with { Phase = Phase.Main });

        Assert.Equal(SegmentOutcome.WrongPhase, answer!.Outcome);
        Assert.Equal(1, _rounds.WrongPhases);
        Assert.Null(_rounds.Contribute(Give("a", 9, Block(0, 2, 1, 1)))); // the slots refused are still wanted
    }

    [Fact]
    public void RoundOfAnotherStageIsRefusedOnBothSidesOfTheBoundary()
    {
        Contribution Given(long round, bool pretraining) =>
            Give("a", round, Block(0, 4, 1, 1)) with
            {
                Phase = pretraining ? Phase.Pretraining : Phase.Main,
                Shape = new(0, Slots, 2, sizeof(float), 1, 8, FirstMainRound: 3),
            };

        Assert.Equal(SegmentOutcome.WrongPhase, _rounds.Contribute(Given(2, false))!.Outcome);
        Assert.Equal(SegmentOutcome.Averaged, _rounds.Contribute(Given(2, true))!.Outcome);
        var answer = _rounds.Contribute(Given(3, true))!;
        Assert.Equal(SegmentOutcome.WrongPhase, answer.Outcome);
        Assert.Contains("pretraining phase", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(SegmentOutcome.Averaged, _rounds.Contribute(Given(3, false))!.Outcome);
        Assert.Equal(2, _rounds.WrongPhases);
    }

    [Fact]
    public void DifferentStatesCompleteNothing()
    {
        _rounds.Contribute(Give("a", 0, Block(0, 2, 1, 1)));

        var answer = _rounds.Contribute(Give("b", 0, Block(2, 4, 1, 1)) with { StateHash = 8 });

        Assert.Equal(SegmentOutcome.StatesDiffer, answer!.Outcome);
        Assert.Contains("b", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherBytesFromAnotherStateAreADisputeAndNoFaultOfTheProgram()
    {
        _rounds.Contribute(Give("a", 0, Block(0, 2, 1, 1)));

        var answer = _rounds.Contribute(Give("b", 0, Block(0, 2, 9, 9)) with { StateHash = 8 });

        Assert.Equal(SegmentOutcome.StatesDiffer, answer!.Outcome);
    }

    [Fact]
    public void LateComerWithAnotherStateIsToldSoInsteadOfTheResult()
    {
        _rounds.Contribute(Give("a", 0, Block(0, 4, 1, 1)));

        var answer = _rounds.Contribute(Give("b", 0) with { StateHash = 8 });

        Assert.Equal(SegmentOutcome.StatesDiffer, answer!.Outcome);
        Assert.Null(answer.Averaged);
    }

    [Fact]
    public void SegmentMadeAnewTakesAResultThatClosedElsewhere()
    {
        var result = Chunk(5, 6);

        var answer = _rounds.Contribute(
            Give("a", 3) with
            {
                Settled = new(result, new EpochSums(1, 2, 3, 4, 5)),
            }
        );

        Assert.Equal([5f, 6f], answer!.Averaged!.As<float>().ToArray());
        Assert.Equal(5ul, answer.Total.SampleSum);
    }

    [Fact]
    public void WhoeverWasToldToAskAgainMayUseItsArrayAgain()
    {
        var lent = new byte[2 * sizeof(float)];
        Fill(lent, 2, 6);
        _rounds.Contribute(Give("a", 0, Block(0, 2, lent)));
        _rounds.DetachBorrowed(0);

        Fill(lent, 999, 999);

        var answer = _rounds.Contribute(Give("b", 0, Block(2, 4, 2, 6)));
        Assert.Equal([4f / 4, 12f / 8], answer!.Averaged!.As<float>().ToArray());
    }

    [Fact]
    public void WhoeverWasToldThatStatesDifferMayUseItsArrayAgain()
    {
        var lent = new byte[2 * sizeof(float)];
        Fill(lent, 2, 6);
        _rounds.Contribute(Give("a", 0, Block(0, 1, 1, 3)));
        _rounds.Contribute(Give("b", 0, Block(2, 4, lent)) with { StateHash = 8 });

        Fill(lent, 999, 999);

        _rounds.Contribute(Give("a", 0, Block(2, 4, 2, 6))); // would be a fault if other bytes were held
        Assert.Equal(1, _rounds.DuplicateBlocks);
    }

    [Fact]
    public void SmallSegmentsKeepManyResultsForWhoIsLate()
    {
        for (var round = 0; round < 20; round++)
            _rounds.Contribute(Give("a", round, Block(0, 4, round, round)));

        var late = _rounds.Contribute(Give("reader", 3) with { Reads = true });

        Assert.Equal([3f / 4, 3f / 8], late!.Averaged!.As<float>().ToArray());
    }

    /// <summary>At fourteen rounds a second four results are gone in 0.3 s: less than a busy machine keeps a spare from running.</summary>
    [Theory]
    [InlineData(0, 16)]
    [InlineData(15, 16)]
    [InlineData(16, 4)]
    public void SegmentsOfANetworkOfFewKeepResultsForASecond(int index, int kept)
    {
        const int Elements = 1 << 18; // 1 MiB
        var values = VectorChunk.Borrow(new byte[Elements * sizeof(float)]);
        for (var round = 0; round < 20; round++)
            _rounds.Contribute(
                Give("a", round) with
                {
                    Phase = Phase.Main,
                    Shape = new(index, Slots, Elements, sizeof(float), 0, 100),
                    Blocks = [new(new(0, Slots), values, new(Slots, Slots, 0, 0, 0))],
                }
            );

        Assert.Equal(SegmentOutcome.Averaged, _rounds.Answer(20 - kept)!.Outcome);
        Assert.Equal(SegmentOutcome.Behind, _rounds.Answer(20 - kept - 1)!.Outcome);
    }

    [Fact]
    public void ReaderWaitsForARoundAndGivesNothing()
    {
        Assert.Null(_rounds.Contribute(Give("reader", 0) with { Reads = true, StateHash = 0 }));
        _rounds.Contribute(Give("a", 0, Block(0, 4, 1, 1)));

        Assert.Equal(SegmentOutcome.Averaged, _rounds.Answer(0)!.Outcome);
    }

    [Fact]
    public void ContributionToAnotherShapeIsRefused()
    {
        _rounds.Contribute(Give("a", 0, Block(0, 2, 1, 1)));
        var other = Give("b", 0);

        Assert.Throws<InvalidOperationException>(() =>
            _rounds.Contribute(other with { Shape = other.Shape with { Slots = 3 } })
        );
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(0, 5)]
    public void RangeThatIsNoNodeOfTheTreeIsRefused(int start, int end) =>
        Assert.Throws<InvalidOperationException>(() =>
            _rounds.Contribute(Give("a", 0, Block(start, end, 1, 1)))
        );

    /// <summary>Two numbers a segment, the first divided by Σ w; the switch is at round 8; every block has Σ w 2, 4 images when two are given.</summary>
    private static Contribution Give(string trainer, long round, params Block[] blocks) =>
        new()
        {
            Trainer = trainer,
            Round = round,
            Phase = round >= 8 ? Phase.Deferred : Phase.Main,
            StateHash = 7,
            Shape = new(0, Slots, 2, sizeof(float), 1, 8),
            Blocks = [.. blocks],
        };

    private static Contribution Relaxed(Contribution contribution) =>
        contribution with
        {
            Shape = contribution.Shape with { IsRelaxed = true },
        };

    private static Block Block(int start, int end, float first, float second) =>
        new(new(start, end), Chunk(first, second), new(end - start, 2 * (end - start), 0, 0, 0));

    private static Block Block(int start, int end, byte[] lent) =>
        Block(start, end, 0, 0) with
        {
            Values = VectorChunk.Borrow(lent),
        };

    private static VectorChunk Chunk(params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Fill(bytes, values);
        return VectorChunk.Borrow(bytes);
    }

    private static void Fill(byte[] bytes, params float[] values) =>
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
}

using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Sampling;

public class RunDrawsTests
{
    private static readonly int[] Labels = [.. Enumerable.Repeat(0, 30), .. Enumerable.Repeat(1, 10)];
    private static readonly int[] Ids =
    [
        .. Enumerable.Range(0, 40).Select(position => 1000 + (3 * position)),
    ];

    private static readonly RunSpecification Paired = Some.Specification() with
    {
        Method = Some.Specification().Method with { Companion = "uniform" },
    };

    [Fact]
    public void RunWithoutCompanionHasTheSumOfItsSampler()
    {
        var draws = new RunDraws(Some.Specification(), Labels);

        var sum = draws.Of(1).Positions.Select((at, draw) => SampleSum.Hash(Ids[at], draw));

        Assert.Null(draws.Of(1).Companion);
        Assert.Equal(sum.Aggregate(0ul, (a, b) => unchecked(a + b)), draws.SumOf(1, draws.PerEpoch, Ids));
    }

    [Fact]
    public void EveryImageCountsOnceForEachOfTwoUniformSamplersUnderDifferentNumbers()
    {
        var draws = new RunDraws(Paired, Labels);
        var (positions, companion) = draws.Of(0);

        var sum = 0ul;
        for (var draw = 0; draw < positions.Length; draw++)
        {
            sum = unchecked(sum + SampleSum.Hash(Ids[positions[draw]], draw));
            sum = unchecked(sum + SampleSum.Hash(Ids[companion![draw]], positions.Length + draw));
        }

        Assert.Equal(Enumerable.Range(0, 40), positions.Order());
        Assert.Equal(Enumerable.Range(0, 40), companion!.Order());
        Assert.Equal(sum, draws.SumOf(0, draws.PerEpoch, Ids));
    }

    // One seed for both would pair every image with itself.
    [Fact]
    public void CompanionDoesNotFollowFromTheSampler()
    {
        var (positions, companion) = new RunDraws(Paired, Labels).Of(0);

        Assert.NotEqual(positions, companion);
        Assert.True(positions.Zip(companion!).Count(pair => pair.First == pair.Second) < 10);
    }

    [Fact]
    public void SamplerWithEpochsOfAnotherLengthIsRefused()
    {
        var run = Paired with { Method = Paired.Method with { Sampler = "over" } };

        var refusal = Assert.Throws<ArgumentException>(() => new RunDraws(run, Labels));

        Assert.Contains("60 draws", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownCompanionIsRefusedWithTheNamesThatExist()
    {
        var run = Paired with { Method = Paired.Method with { Companion = "over" } };

        var fault = Assert.Throws<FaultException>(() => new RunDraws(run, Labels));

        Assert.Equal("MM1007", fault.Code);
        Assert.Contains("reversed", fault.Fix, StringComparison.Ordinal);
    }
}

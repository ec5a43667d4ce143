using MMOrleans.Learning.Sampling;

namespace MMOrleans.Learning.Tests.Sampling;

public class SamplersTests
{
    // 12 images of class 0, 5 of class 1, 3 of class 3; class 2 has none.
    private static readonly int[] Labels =
    [
        .. Enumerable.Repeat(0, 12),
        .. Enumerable.Repeat(1, 5),
        .. Enumerable.Repeat(3, 3),
    ];

    public static TheoryData<string> Names { get; } = [.. Samplers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void EpochIsAFunctionOfSeedAndEpochAndHoldsPositionsOfTheTrainingSet(string name)
    {
        var (one, same, other) = (Create(name, 1), Create(name, 1), Create(name, 2));
        foreach (var epoch in (int[])[0, 1, 7])
        {
            var draws = one.Draw(epoch);
            Assert.Equal(draws, same.Draw(epoch));
            Assert.Equal(one.DrawsPerEpoch, draws.Length);
            Assert.All(draws, d => Assert.InRange(d, 0, Labels.Length - 1));
            Assert.NotEqual(draws, other.Draw(epoch));
        }

        Assert.NotEqual(one.Draw(0), one.Draw(1));
    }

    [Fact]
    public void DeferredSamplerIsUniformBeforeTheSwitchAndReallyReSamplesFromItOn()
    {
        var (deferred, uniform, balanced) = (
            Create("deferred-balanced", 1),
            Create("uniform", 1),
            Create("balanced", 1)
        );

        Assert.Equal(uniform.Draw(2), deferred.Draw(2));
        Assert.Equal(balanced.Draw(3), deferred.Draw(3));
        Assert.NotEqual(Labels.Length, balanced.Draw(3).Distinct().Count());
    }

    [Fact]
    public void ClassAwareSamplerGoesRoundTheClassesAndRoundTheImagesOfEachAcrossEpochs()
    {
        var sampler = Create("class-aware", 1);
        int[] draws = [.. Enumerable.Range(0, 6).SelectMany(sampler.Draw)];

        // Three classes have images: every three draws are one of each.
        foreach (var round in draws.Chunk(3))
            Assert.Equal([0, 1, 3], round.Select(d => Labels[d]).Order());
        // Every five draws of class 1 are its five images.
        foreach (var pass in draws.Where(d => Labels[d] == 1).Chunk(5))
            Assert.Equal([12, 13, 14, 15, 16], pass.Order());
    }

    [Fact]
    public void OverSamplingKeepsEveryImageAndUnderSamplingTheSameOnesInEveryEpoch()
    {
        var (over, under) = (Create("over", 1), Create("under", 1));

        Assert.Equal(Labels.Length, over.Draw(0).Distinct().Count());
        Assert.All(over.Draw(0).CountBy(d => d), n => Assert.True(n.Value <= (12 / 3) + 1));
        Assert.Equal(under.Draw(0).Order(), under.Draw(5).Order());
        Assert.Equal(9, under.Draw(0).Distinct().Count());
    }

    [Fact]
    public void UnknownSamplerIsRefusedWithTheNamesThatExist()
    {
        var fault = Assert.Throws<FaultException>(() => Create("deferred-over", 1));

        Assert.Equal("MM1007", fault.Code);
        Assert.Contains("'deferred-over'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("deferred-balanced", fault.Fix, StringComparison.Ordinal);
    }

    private static ISampler Create(string name, long seed)
    {
        var run = Some.Specification(epochs: 10);
        return Samplers.Create(
            run with
            {
                Seed = seed,
                Method = run.Method with { Sampler = name, DeferEpoch = 3 },
            },
            Labels
        );
    }
}

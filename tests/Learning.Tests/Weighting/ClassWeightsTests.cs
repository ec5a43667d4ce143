using MMOrleans.Learning.Weighting;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Weighting;

public class ClassWeightsTests
{
    [Fact]
    public void GoldenWeightsAndMarginsComeOut()
    {
        var tolerance = GoldenCases.Tolerance("class_weights");
        var seen = new HashSet<string>();
        foreach (var golden in GoldenCases.Cases("class_weights"))
        {
            var kind = golden.GetProperty("kind").GetString()!;
            if (kind is not ("effectiveNumber" or "inverseFrequency" or "ldamMargins"))
                continue;
            seen.Add(kind);
            var counts = golden.Integers("counts");

            var weights = kind switch
            {
                "effectiveNumber" => ClassWeights.EffectiveNumber(counts, golden.Number("beta")),
                "inverseFrequency" => ClassWeights.InverseFrequency(counts, golden.Number("power")),
                _ => LdamMargins.Of(counts, golden.Number("maxMargin")),
            };

            GoldenCases.AssertClose(golden.Numbers("weights"), weights, tolerance, golden.Id());
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void DeferredWeightsAreOnesUntilTheSwitchAndSumToTheClassesAfterIt()
    {
        var deferred = DeferredReweighting.Of(
            new()
            {
                Name = "",
                Loss = "ce",
                Reweight = Reweighting.Deferred,
                DeferEpoch = 3,
            },
            new([100, 10])
        );

        Assert.Equal([1.0, 1.0], deferred.At(2));
        Assert.Equal(2, deferred.At(3).Sum(), 1e-12);
        Assert.True(deferred.At(3)[1] > 1.5);
    }
}

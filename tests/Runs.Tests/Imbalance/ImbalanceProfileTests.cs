using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Runs.Tests.Imbalance;

public class ImbalanceProfileTests
{
    [Fact]
    public void EveryGoldenProfileComesOutExactly()
    {
        foreach (var golden in GoldenCases.Cases("class_counts"))
        {
            var available = Enumerable
                .Repeat(golden.GetProperty("nMax").GetInt32(), golden.GetProperty("k").GetInt32())
                .ToArray();

            var counts = ImbalanceProfile.Counts(
                new() { Kind = golden.GetProperty("type").GetString()!, Ratio = golden.Number("rho") },
                available
            );

            Assert.Equal(golden.Integers("counts"), counts);
        }
    }

    [Fact]
    public void AnEmptyClassIsRefusedByNameWithAWayOut()
    {
        var fault = Assert.Throws<FaultException>(() =>
            ImbalanceProfile.Counts(new() { Kind = "exp", Ratio = 1000 }, [500, 500, 500])
        );

        Assert.Equal("MM2006", fault.Code);
        Assert.Contains("class 2 has 0 training images", fault.Message, StringComparison.Ordinal);
        Assert.Contains("imbalance.ratio", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void GoldenSubsetsAreTheSameImagesInTheSameOrder()
    {
        foreach (var golden in GoldenCases.Cases("subset_indices"))
            Assert.Equal(
                golden.Integers("indices"),
                SubsetRule.Choose(
                    golden.Integers("labels"),
                    new(golden.Integers("perClass")),
                    (uint)golden.GetProperty("seed").GetInt64()
                )
            );
    }

    [Fact]
    public void HeldOutImagesAreTakenBeforeTheImbalance()
    {
        var counts = ImbalanceProfile.Counts(
            new()
            {
                Kind = "exp",
                Ratio = 100,
                HeldOut = 10,
            },
            [.. Enumerable.Repeat(5000, 10)]
        );

        Assert.Equal((4990, 49), (counts.Largest, counts.Smallest)); // trunc(4990 · 0.01)
    }

    [Fact]
    public void HeldOutImagesAreAFunctionOfTheSeedAndOfNoSubset()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 3)];

        var heldOut = HeldOutRule.Choose(labels, 3, 4, seed: 0);
        var kept = SubsetRule.Choose(labels, new([16, 8, 4]), seed: 0, heldOut);

        Assert.Equal(heldOut, HeldOutRule.Choose(labels, 3, 4, seed: 0));
        Assert.NotEqual(heldOut, HeldOutRule.Choose(labels, 3, 4, seed: 1));
        Assert.All(heldOut.CountBy(i => labels[i]), ofClass => Assert.Equal(4, ofClass.Value));
        Assert.Empty(kept.Intersect(heldOut));
        Assert.Equal(28, kept.Distinct().Count());
    }

    [Fact]
    public void ClassThatWouldBeHeldOutWholeIsRefused()
    {
        var fault = Assert.Throws<FaultException>(() =>
            ImbalanceProfile.Counts(new() { Kind = "none", HeldOut = 10 }, [500, 10])
        );

        Assert.Equal("MM2006", fault.Code);
        Assert.Contains("class 1 has 10 images", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GroupsFallBackToThirdsWhereOneWouldBeEmpty()
    {
        var groups = ShotGroups.Parse("auto", [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]);

        Assert.True(groups.AreThirds);
        Assert.Equal([0, 1, 2, 3], groups.Many);
        Assert.Equal([4, 5, 6], groups.Medium);
        Assert.Equal([7, 8, 9], groups.Few);
    }
}

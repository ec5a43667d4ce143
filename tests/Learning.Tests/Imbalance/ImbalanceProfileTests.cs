using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Tests.Imbalance;

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
        var fault = Assert.Throws<LearningFault>(() =>
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
    public void GroupsFallBackToThirdsWhereOneWouldBeEmpty()
    {
        var groups = ShotGroups.Parse("auto", [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]);

        Assert.True(groups.AreThirds);
        Assert.Equal([0, 1, 2, 3], groups.Many);
        Assert.Equal([4, 5, 6], groups.Medium);
        Assert.Equal([7, 8, 9], groups.Few);
    }
}

using CsCheck;
using MMOrleans.Runs.Imbalance;

namespace MMOrleans.Runs.Tests.Imbalance;

public class ShotGroupsTests
{
    private static readonly string[] Names = ["many", "medium", "few"];

    // Few different counts, so that many classes have the same.
    private static readonly Gen<int[]> Counts = Gen.Int[1, 4]
        .SelectMany(kinds =>
            Gen.Int[1, 300]
                .Array[kinds]
                .SelectMany(values => Gen.Int[0, kinds - 1].Select(i => values[i]).Array[1, 30])
        );

    private static readonly Gen<int[]> DistinctCounts = Gen.Int[1, 6000].ArrayUnique[1, 40];

    [Theory]
    [InlineData("auto")]
    [InlineData("thirds")]
    [InlineData("100,20")]
    public void ClassesWithTheSameCountAreInTheSameGroup(string rule) =>
        Counts.Sample(counts =>
        {
            var groups = ShotGroups.Parse(rule, counts);
            foreach (var classes in Enumerable.Range(0, counts.Length).GroupBy(c => counts[c]))
                Assert.Single(classes.Select(groups.NameOf).Distinct());
        });

    [Theory]
    [InlineData("auto")]
    [InlineData("thirds")]
    [InlineData("100,20")]
    public void EveryClassIsInOneGroupAndGroupsFallByCount(string rule) =>
        Counts.Sample(counts =>
        {
            var groups = ShotGroups.Parse(rule, counts);
            Assert.Equal(
                Enumerable.Range(0, counts.Length),
                groups.Many.Concat(groups.Medium).Concat(groups.Few).Order()
            );
            var order = Enumerable.Range(0, counts.Length).OrderByDescending(c => counts[c]).ToList();
            var places = order.Select(c => Array.IndexOf(Names, groups.NameOf(c))).ToList();
            Assert.Equal(places.Order(), places);
        });

    [Fact]
    public void ThirdsOfDistinctCountsAreCutWhereTheyAlwaysWere() =>
        DistinctCounts.Sample(counts =>
        {
            var order = Enumerable.Range(0, counts.Length).OrderByDescending(c => counts[c]).ToList();
            var many = (counts.Length + 2) / 3;
            var medium = (counts.Length - many + 1) / 2;
            var groups = ShotGroups.Thirds(counts);

            Assert.Equal(order.Take(many).Order(), groups.Many);
            Assert.Equal(order.Skip(many).Take(medium).Order(), groups.Medium);
            Assert.Equal(order.Skip(many + medium).Order(), groups.Few);
        });

    [Fact]
    public void ThreeDifferentCountsMakeThreeGroups() =>
        Counts
            .Where(counts => counts.Distinct().Count() >= 3)
            .Sample(counts =>
            {
                var groups = ShotGroups.Thirds(counts);
                Assert.All([groups.Many, groups.Medium, groups.Few], Assert.NotEmpty);
            });

    [Theory]
    [InlineData("auto", 6, "few")]
    [InlineData("auto", 60, "medium")]
    [InlineData("auto", 5000, "many")]
    [InlineData("thirds", 6, "many")]
    public void ClassesThatAllHaveTheSameCountAreOneGroup(string rule, int count, string name)
    {
        for (var classes = 2; classes <= 12; classes++)
        {
            var groups = ShotGroups.Parse(rule, [.. Enumerable.Repeat(count, classes)]);
            Assert.All(Enumerable.Range(0, classes), c => Assert.Equal(name, groups.NameOf(c)));
        }
    }

    [Fact]
    public void AStepHasTheManyAndTheFew()
    {
        var groups = ShotGroups.Parse("auto", [.. Enumerable.Repeat(5000, 5), .. Enumerable.Repeat(50, 5)]);

        Assert.Equal([0, 1, 2, 3, 4], groups.Many);
        Assert.Empty(groups.Medium);
        Assert.Equal([5, 6, 7, 8, 9], groups.Few);
    }

    [Fact]
    public void PublishedThresholdsAreUsedWhereEveryGroupHasAClass()
    {
        var groups = ShotGroups.Parse("auto", [101, 100, 100, 20, 19]);

        Assert.False(groups.AreThirds);
        Assert.Equal([0], groups.Many);
        Assert.Equal([1, 2, 3], groups.Medium);
        Assert.Equal([4], groups.Few);
    }
}

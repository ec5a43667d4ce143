using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class BlockageTests
{
    private static readonly Dictionary<string, int> Three = new()
    {
        ["a"] = 1,
        ["b"] = 2,
        ["c"] = 2,
    };

    [Fact]
    public void NothingIsDoneWithoutAComplaint()
    {
        var (avoid, giveUp) = Blockage.Decide([], Three);

        Assert.Empty(avoid);
        Assert.Null(giveUp);
    }

    [Fact]
    public void SegmentsLeaveASiloThatOthersCannotReach()
    {
        var (avoid, giveUp) = Blockage.Decide([("a/t0", "r/0/1/b")], Three);

        Assert.Equal(["b"], avoid);
        Assert.Null(giveUp);
    }

    [Fact]
    public void TheSmallestSideIsGivenUpWhenEverybodyIsComplainedOf()
    {
        var (avoid, giveUp) = Blockage.Decide(
            [("a/t0", "r/0/1/b"), ("b/t0", "r/1/1/a"), ("a/t0", "r/2/1/c"), ("c/t0", "r/1/1/a")],
            Three
        );

        Assert.Empty(avoid);
        Assert.Equal("a", giveUp);
    }

    [Fact]
    public void SingleSiloHasNowhereToGo()
    {
        var (avoid, giveUp) = Blockage.Decide(
            [("a/t0", "r/0/1/a")],
            new Dictionary<string, int> { ["a"] = 2 }
        );

        Assert.Empty(avoid);
        Assert.Null(giveUp);
    }
}

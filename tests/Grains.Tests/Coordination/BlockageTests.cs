using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class BlockageTests
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, int> Three = new()
    {
        ["a"] = 1,
        ["b"] = 2,
        ["c"] = 2,
    };

    private readonly Blockage _blockage = new(Memory);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void NothingIsDoneWithoutAComplaint()
    {
        var (avoid, _, giveUp) = _blockage.Decide([], Three, _now);

        Assert.Empty(avoid);
        Assert.Null(giveUp);
    }

    /// <summary>Where one does not reach the other, the other does not reach it: only a third one is reached by both.</summary>
    [Fact]
    public void SegmentsThatLeaveOneEndOfACutDoNotGoToTheOther()
    {
        var (avoid, shun, giveUp) = _blockage.Decide([("a/t0", "r/0/1/b")], Three, _now);

        Assert.Equal(["b"], avoid);
        Assert.Equal(["a", "b"], shun.Order());
        Assert.Null(giveUp);
    }

    [Fact]
    public void SegmentsLeaveASiloThatNobodyElseReaches()
    {
        var (avoid, _, giveUp) = _blockage.Decide([("a/t0", "r/0/1/b"), ("c/t0", "r/0/1/b")], Three, _now);

        Assert.Equal(["b"], avoid);
        Assert.Null(giveUp);
    }

    [Fact]
    public void AComplaintIsRememberedUntilTheOtherEndHasComplainedToo()
    {
        _blockage.Decide([("a/t0", "r/0/1/b")], Three, _now);
        _now += TimeSpan.FromSeconds(4);

        var (avoid, _, giveUp) = _blockage.Decide([("b/t0", "r/0/1/a")], Three, _now);

        Assert.Equal(["a", "b"], avoid.Order());
        Assert.Null(giveUp);
    }

    [Fact]
    public void AComplaintOfLongAgoKeepsSegmentsAwayFromNobody()
    {
        _blockage.Decide([("a/t0", "r/0/1/b")], Three, _now);
        _now += Memory + TimeSpan.FromSeconds(1);

        var (avoid, shun, _) = _blockage.Decide([("b/t0", "r/0/1/c")], Three, _now);

        Assert.Equal(["c"], avoid);
        Assert.Equal(["b", "c"], shun.Order());
    }

    [Fact]
    public void TheSmallestSideIsGivenUpWhenEverybodyIsComplainedOf()
    {
        _blockage.Decide([("a/t0", "r/0/1/b"), ("b/t0", "r/1/1/a")], Three, _now);
        _now += TimeSpan.FromSeconds(4);

        var (avoid, _, giveUp) = _blockage.Decide([("a/t0", "r/2/1/c"), ("c/t0", "r/1/1/a")], Three, _now);

        Assert.Empty(avoid);
        Assert.Equal("a", giveUp);
    }

    [Fact]
    public void SingleSiloHasNowhereToGo()
    {
        var (avoid, _, giveUp) = _blockage.Decide(
            [("a/t0", "r/0/1/a")],
            new Dictionary<string, int> { ["a"] = 2 },
            _now
        );

        Assert.Empty(avoid);
        Assert.Null(giveUp);
    }
}

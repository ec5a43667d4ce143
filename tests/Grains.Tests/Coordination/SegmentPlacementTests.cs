using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class SegmentPlacementTests
{
    [Fact]
    public void SegmentsStayWhereTheirSiloMayStillBeUsed()
    {
        var first = SegmentPlacement.Place("r", [], 4, 1, ["a", "b"], ["a", "b"]);

        var second = SegmentPlacement.Place("r", first, 4, 2, ["b", "c"], ["b", "c"]);

        Assert.Equal(["r/0/1/a", "r/1/1/b", "r/2/1/a", "r/3/1/b"], first);
        Assert.Equal(["r/0/2/b", "r/1/1/b", "r/2/2/b", "r/3/1/b"], second);
    }

    [Fact]
    public void SegmentMadeAnewNeverHasAnOldKey()
    {
        var first = SegmentPlacement.Place("r", [], 1, 1, ["a"], ["a"]);
        var away = SegmentPlacement.Place("r", first, 1, 2, ["b"], ["b"]);
        var back = SegmentPlacement.Place("r", away, 1, 3, ["a"], ["a"]);

        Assert.NotEqual(first, back);
    }
}

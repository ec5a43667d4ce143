using CsCheck;
using MMOrleans.Learning.Parameters;

namespace MMOrleans.Learning.Tests.Parameters;

public class AveragingTreeTests
{
    [Theory]
    [InlineData(0, 2, 1)]
    [InlineData(0, 3, 2)]
    [InlineData(0, 4, 2)]
    [InlineData(0, 5, 4)]
    [InlineData(4, 7, 6)]
    public void NodeSplitsAtTheLargestPowerOfTwoBelowItsLength(int start, int end, int middle) =>
        Assert.Equal(middle, AveragingTree.Split(start, end));

    [Fact]
    public void FourSlotsMakeOneAlignedBlockAndThreeToSixMakeThree()
    {
        Assert.Equal([(4, 8)], AveragingTree.Blocks(8, [7, 4, 6, 5]));
        Assert.Equal([(3, 4), (4, 6), (6, 7)], AveragingTree.Blocks(8, [3, 4, 5, 6]));
    }

    [Fact]
    public void PartialSumsOfAnySharingGiveTheBitsOfTheWholeTree() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 5], Gen.Int[0, int.MaxValue])
            .Sample(
                (slots, holders, seed) =>
                {
                    var random = new Random(seed);
                    var vectors = Enumerable
                        .Range(0, slots)
                        .Select(_ =>
                            Enumerable.Range(0, 9).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray()
                        )
                        .ToArray();
                    var whole = AveragingTree.Sum([.. vectors.Select(v => (float[])v.Clone())]);

                    var holderOf = Enumerable.Range(0, slots).Select(_ => random.Next(holders)).ToArray();
                    var nodes = new Dictionary<(int, int), float[]>();
                    for (var holder = 0; holder < holders; holder++)
                        foreach (
                            var (start, end) in AveragingTree.Blocks(
                                slots,
                                Enumerable.Range(0, slots).Where(s => holderOf[s] == holder)
                            )
                        )
                            nodes[(start, end)] = Partial(start, end);
                    var shared = Assemble(0, slots);

                    Assert.Equal(whole, shared);

                    float[] Partial(int start, int end)
                    {
                        if (end - start == 1)
                            return (float[])vectors[start].Clone();
                        var middle = AveragingTree.Split(start, end);
                        var left = Partial(start, middle);
                        AveragingTree.Add<float>(left, Partial(middle, end));
                        return left;
                    }

                    float[] Assemble(int start, int end)
                    {
                        if (nodes.TryGetValue((start, end), out var node))
                            return node;
                        var middle = AveragingTree.Split(start, end);
                        var left = Assemble(start, middle);
                        AveragingTree.Add<float>(left, Assemble(middle, end));
                        return left;
                    }
                },
                iter: 500
            );

    [Fact]
    public void EveryNodeButTheRootHasAParentWithItsSibling()
    {
        Assert.Equal((0, 3, 2, 3), AveragingTree.Parent(3, 0, 2));
        Assert.Equal((0, 3, 0, 2), AveragingTree.Parent(3, 2, 3));
        Assert.Null(AveragingTree.Parent(3, 0, 3));
        Assert.False(AveragingTree.IsNode(3, 1, 3));
    }
}

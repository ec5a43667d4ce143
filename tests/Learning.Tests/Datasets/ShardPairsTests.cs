using CsCheck;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class ShardPairsTests
{
    [Fact]
    public void NamesWithAnyNumberOfDotsPairWithTheirClassInAnyOrder() =>
        Gen.Select(
                Gen.Char["ab.1/-"].Array[1, 8].Array[1, 12],
                Gen.OneOf(Gen.Const(".png"), Gen.Const(".JPG"), Gen.Const(".webp"), Gen.Const(".bmp")),
                Gen.Int
            )
            .Sample(
                (names, ending, seed) =>
                {
                    // Neither a hidden name nor a part without one.
                    string[] keys =
                    [
                        .. names.Select((name, i) => $"{i}{string.Concat(name)}x".Replace("/", "/d")),
                    ];
                    string[] endings = [ending, ".cls", ".json"];
                    var members = Members([.. from key in keys from one in endings select key + one]);
                    new Random(seed).Shuffle(members);

                    var pairs = ShardPairs.Of("s.tar", members, new());

                    Assert.Equal(keys.Length, pairs.Count);
                    Assert.All(
                        pairs,
                        pair =>
                            Assert.Equal(ShardPairs.Stem(pair.Image.Name), ShardPairs.Stem(pair.Class.Name))
                    );
                }
            );

    [Fact]
    public void KeyUpToTheFirstDotPairsWhereNoNearerClassIs()
    {
        var pairs = ShardPairs.Of("s.tar", Members("7.left.png", "7.cls", "a.b/c.d.jpg", "a.b/c.cls"), new());

        Assert.Equal(
            [("7.left.png", "7.cls"), ("a.b/c.d.jpg", "a.b/c.cls")],
            pairs.Select(pair => (pair.Image.Name, pair.Class.Name))
        );
    }

    [Theory]
    [InlineData("has two files of the key 7, 7.jpg and 7.png", "7.jpg", "7.png", "7.cls")]
    [InlineData(
        "has two images of the key 7, 7.left.png and 7.right.png",
        "7.left.png",
        "7.right.png",
        "7.cls"
    )]
    [InlineData("holds 7.png twice", "7.png", "7.cls", "7.png")]
    [InlineData("holds 7.cls twice", "7.png", "7.cls", "7.cls")]
    [InlineData("has two files of the key 7, 7.CLS and 7.cls", "7.png", "7.CLS", "7.cls")]
    [InlineData("has the image img_3.5.png without img_3.5.cls", "img_3.5.png", "img_3.4.cls")]
    public void WhatCannotBePairedIsRefusedByName(string why, params string[] names)
    {
        var fault = Assert.Throws<FaultException>(() => ShardPairs.Of("s.tar", Members(names), new()));

        Assert.Equal("MM2004", fault.Code);
        Assert.StartsWith($"s.tar {why}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatBelongsToNoImageIsCountedByItsKind()
    {
        var tally = new InventoryTally();

        var pairs = ShardPairs.Of(
            "s.tar",
            Members(
                "1.png",
                "1.cls",
                "1.json",
                "1.mask.png",
                "2.cls",
                "._1.png",
                "__MACOSX/1.png",
                "x/.cache/3.jpg",
                "README"
            ),
            tally
        );

        Assert.Single(pairs);
        Assert.Equal(
            [
                ".json members: 1 (s.tar/1.json)",
                "classes (.cls) without an image: 1 (s.tar/2.cls)",
                "further images of a key: 1 (s.tar/1.mask.png)",
                "hidden and system members: 3 (s.tar/._1.png, s.tar/__MACOSX/1.png, s.tar/x/.cache/3.jpg)",
                "members without an ending: 1 (s.tar/README)",
            ],
            tally.PassedOver.Select(kind => kind.ToString())
        );
    }

    private static TarMember[] Members(params string[] names) => [.. names.Select(Member)];

    private static TarMember Member(string name) => new(name, true, 0, 1);
}

using CsCheck;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class ClassOrderTests
{
    [Fact]
    public void WholeNumbersCountAsNumbersInWhateverOrderTheyCome() =>
        Gen.Int[0, 5000]
            .HashSet[1, 40]
            .Select(numbers => numbers.ToArray())
            .Sample(numbers =>
                Assert.Equal(
                    numbers.Order().Select(number => $"{number}"),
                    ClassOrder.Of(numbers.Select(number => $"{number}"))
                )
            );

    [Theory]
    [InlineData("2", "10", "x")] // one name makes all of them names
    [InlineData("7", "07", "10")] // one number twice
    [InlineData("1.5", "10", "2")]
    public void OtherNamesCountInOrdinalOrder(params string[] names) =>
        Assert.Equal(names.Order(StringComparer.Ordinal), ClassOrder.Of(names));

    [Theory]
    [InlineData("café", "cafe\u0301")]
    [InlineData("がく", "か\u3099く")]
    [InlineData("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af")]
    [InlineData("Việt", "Vie\u0323\u0302t")]
    [InlineData("cat", "cat ")]
    [InlineData("cat", "\tcat")]
    public void TwoSpellingsOfOneNameAreRefusedAndNotTwoClasses(string one, string other)
    {
        var fault = Assert.Throws<FaultException>(() => ClassOrder.Of([one, "dog", other]));

        Assert.Equal("MM2004", fault.Code);
        Assert.Contains($"'{one}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersOfShardsAreTheNamesOfFoldersHoweverManyZerosTheyHave()
    {
        var names = LabelNames.Of(["10", "02", "2", "0", null]);

        Assert.Equal(["0", "2", "10"], names.Names);
        Assert.Equal([2, 1, 1, 0, -1], names.Number(["10", "02", "2", "0", null]));
    }

    [Fact]
    public void KnownNamesBelongToTheNumbersFromZero()
    {
        var names = LabelNames.Of(["2", "0"], ["cat", "dog", "owl"]);

        Assert.Equal(["cat", "dog", "owl"], names.Names);
        Assert.Equal([2, 0], names.Number(["2", "0"]));
    }

    [Fact]
    public void NegativeLabelIsRefused() =>
        Assert.Contains(
            "the label -1;",
            Assert.Throws<FaultException>(() => LabelNames.Of(["0", "-1"])).Message,
            StringComparison.Ordinal
        );
}

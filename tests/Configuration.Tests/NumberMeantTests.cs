using System.Globalization;
using CsCheck;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Tests;

public sealed class NumberMeantTests
{
    [Theory]
    [InlineData("1e3", "1000")]
    [InlineData("1,000", "1000")]
    [InlineData("1_000", "1000")]
    [InlineData("1 000", "1000")]
    [InlineData("1'000'000", "1000000")]
    [InlineData("3.0", "3")]
    [InlineData("0100", "100")]
    [InlineData("+5", "5")]
    [InlineData("\u0663", "3")]
    [InlineData("\uFF11\uFF12", "12")]
    [InlineData("2.5", null)]
    [InlineData("1e-3", null)]
    [InlineData("many", null)]
    [InlineData("", null)]
    [InlineData("1e99", null)]
    [InlineData("12,34", null)]
    public void AWholeNumberInAnotherSpellingIsUnderstood(string text, string? meant) =>
        Assert.Equal(meant, NumberMeant.Of(text, whole: true));

    [Theory]
    [InlineData("0,1", "0.1")]
    [InlineData("\u22120.5", "-0.5")]
    [InlineData("1,000", null)]
    [InlineData("1_000.5", null)]
    [InlineData("\u0661\u0662", "12")]
    public void ANumberInAnotherSpellingIsUnderstood(string text, string? meant) =>
        Assert.Equal(meant, NumberMeant.Of(text, whole: false));

    [Fact]
    public void ThousandsMarksOfEveryKindAreLeftOut() =>
        Gen.Select(Gen.Int[1000, int.MaxValue], OneOf("_", ",", "'", " ", "\u00A0", "\u202F"))
            .Sample(
                (number, mark) =>
                {
                    var text = number.ToString("N0", CultureInfo.InvariantCulture).Replace(",", mark);
                    Assert.Equal($"{number}", NumberMeant.Of(text, whole: true));
                }
            );

    private static Gen<string> OneOf(params string[] words) =>
        Gen.Int[0, words.Length - 1].Select(i => words[i]);
}

using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Tests.Values;

/// <summary>One reading of durations for flags, files and a silo's options.</summary>
public sealed class DurationValueTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("10m", 600)]
    [InlineData("10 min", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d", 86400)]
    [InlineData("0s", 0)]
    [InlineData("-5s", -5)]
    public void DurationsAreSumsOfTheirParts(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DurationValue.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 weeks")]
    [InlineData("5s!")]
    public void OtherTextsAreNone(string text) => Assert.Null(DurationValue.Parse(text));

    [Fact]
    public void MoreThanCanBeToldIsTheLongest() =>
        Assert.Equal(TimeSpan.MaxValue, DurationValue.Parse("99999999999999999999d"));

    [Theory]
    [InlineData("49ms", "must be 50ms to 1h, got 49ms")]
    [InlineData("61m", "must be 50ms to 1h, got 61m")]
    public void AnOptionOutOfItsRangeIsRefusedWithTheRange(string text, string refusal)
    {
        var option = new DurationValue { Min = TimeSpan.FromMilliseconds(50), Max = TimeSpan.FromHours(1) };

        Assert.Equal(
            ("MM1004", refusal),
            (option.ReadText(text, out _)!.Code, option.ReadText(text, out _)!.Text)
        );
        Assert.Null(option.ReadText("50ms", out var value));
        Assert.Equal(TimeSpan.FromMilliseconds(50), value);
    }

    [Fact]
    public void NothingIsNoLengthOfTimeWhereNoShortestIsGiven() =>
        Assert.Equal(
            "must be above 0 and at most a year, got 0s",
            new DurationValue { Example = "60s" }
                .ReadText("0s", out _)!
                .Text
        );
}

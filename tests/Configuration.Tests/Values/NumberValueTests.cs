using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Tests.Values;

/// <summary>A number's range is told in the words of its ends.</summary>
public sealed class NumberValueTests
{
    [Fact]
    public void ARefusalTellsTheRange()
    {
        Assert.Equal("must be 0 or more, got -1", Refused(new(0)));
        Assert.Equal("must be above 0, got -1", Refused(new(0) { AboveMin = true }));
        Assert.Equal("must be from 0 to 0.5, got -1", Refused(new(0, 0.5)));
        Assert.Equal("must be above 0 and at most 1, got -1", Refused(new(0, 1) { AboveMin = true }));
        Assert.Equal("must be at least 0 and below 1, got -1", Refused(new(0, 1) { BelowMax = true }));
        Assert.Equal(
            "must be between 0 and 1, got -1",
            Refused(new(0, 1) { AboveMin = true, BelowMax = true })
        );
    }

    [Theory]
    [InlineData("True", true)]
    [InlineData("false", false)]
    public void AnOptionOfAJsonFileIsTrueOrFalse(string text, bool expected)
    {
        Assert.Null(new BooleanValue().ReadText(text, out var value));
        Assert.Equal(expected, value);
    }

    private static string Refused(NumberValue number) => number.ReadText("-1", out _)!.Text;
}

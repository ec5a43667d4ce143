using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Tests.Metrics;

public class MarginHistogramTests
{
    private const int FirstRight = 1 + (MarginHistogram.Bins / 2);

    [Theory]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(-2.0001, 0)]
    [InlineData(-2.0, 1)]
    [InlineData(-1e-17, FirstRight - 1)] // an error, however small
    [InlineData(0.0, FirstRight)]
    [InlineData(0.0249, FirstRight)] // a bin is 4 / 160 wide
    [InlineData(0.0251, FirstRight + 1)]
    [InlineData(1.9999, MarginHistogram.Bins)]
    [InlineData(2.0, MarginHistogram.Bins + 1)]
    [InlineData(double.PositiveInfinity, MarginHistogram.Bins + 1)]
    public void MarginHasOnePlace(double margin, int place) =>
        Assert.Equal(place, MarginHistogram.PlaceOf(2, margin));

    [Fact]
    public void MedianIsTakenInsideItsBin()
    {
        // 10 images below 0, 30 in the first bin above it: half of 40 is 20, a third into a bin of 0.025.
        var histogram = Of((FirstRight - 5, 10), (FirstRight, 30));

        Assert.Equal(0.025 / 3, histogram.Median!.Value, 1e-12);
    }

    [Fact]
    public void MedianBeyondTheRangeIsItsEndAndThatOfNothingIsNone()
    {
        Assert.Equal(2, Of((MarginHistogram.Length - 1, 3)).Median);
        Assert.Equal(-2, Of((0, 3), (FirstRight, 2)).Median);
        Assert.Null(Of().Median);
    }

    [Fact]
    public void SharesOfWiderBinsKeepEveryImage()
    {
        var histogram = MarginHistogram.Sum([Of((0, 1), (1, 1), (FirstRight, 2)), Of((161, 4))]);

        var shares = histogram.Shares(40);

        Assert.Equal(1, shares.Sum(), 1e-12);
        Assert.Equal((0.25, 0.25, 0.5), (shares[0], shares[20], shares[39]));
    }

    private static MarginHistogram Of(params (int Place, long Images)[] counted)
    {
        var counts = new long[MarginHistogram.Length];
        foreach (var (place, images) in counted)
            counts[place] = images;
        return new(2, counts);
    }
}

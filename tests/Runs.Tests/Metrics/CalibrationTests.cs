using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Tests.Metrics;

public class CalibrationTests
{
    [Fact]
    public void ErrorIsTheGapOfEveryBinWeightedByItsImages()
    {
        // Two bins: 4 images with confidence 0.4 on average, 1 of them right; 6 with 0.9, 5 of them right.
        // 4/10 · |1/4 − 0.4| + 6/10 · |5/6 − 0.9| = 0.4 · 0.15 + 0.6 · 0.0666… = 0.06 + 0.04 = 0.1.
        var calibration = new Calibration([4, 6], [1, 5], [1.6, 5.4]);

        Assert.Equal(0.1, calibration.Error!.Value, 1e-12);
    }

    [Fact]
    public void EmptyBinsCountForNothingAndNoImagesHaveNoError()
    {
        Assert.Equal(0.5, new Calibration([0, 2, 0], [0, 0, 0], [0, 1, 0]).Error);
        Assert.Null(new Calibration([0], [0], [0]).Error);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.2, 0)] // bins are open below and closed above
    [InlineData(0.2000001, 1)]
    [InlineData(0.999, 4)]
    [InlineData(1.0, 4)]
    public void ConfidenceFallsIntoOneOfFiveBins(double confidence, int bin) =>
        Assert.Equal(bin, Calibration.BinOf(5, confidence));

    [Fact]
    public void SumIsThatOfAllImagesTogether()
    {
        var sum = Calibration.Sum([new([1, 2], [1, 0], [0.25, 1.5]), new([3, 0], [2, 0], [0.5, 0])]);

        Assert.Equal([4L, 2], sum.Images);
        Assert.Equal([3L, 0], sum.Correct);
        Assert.Equal([0.75, 1.5], sum.Confidence);
    }
}

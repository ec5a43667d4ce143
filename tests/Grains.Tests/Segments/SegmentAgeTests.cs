using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Segments;

namespace MMOrleans.Grains.Tests.Segments;

/// <summary>A segment that nobody asks any more goes by itself.</summary>
public class SegmentAgeTests
{
    [Theory]
    [InlineData(59, -1, false)]
    [InlineData(60, -1, true)]
    [InlineData(60, 0, false)] // one that has averaged may wait for a slow device
    [InlineData(599, 7, false)]
    [InlineData(600, 7, true)]
    public void OneThatHasAveragedNothingGoesAfterAMinuteAnotherAfterTen(
        int seconds,
        long newest,
        bool goes
    ) => Assert.Equal(goes, SegmentAge.IsOver(TimeSpan.FromSeconds(seconds), newest, new LivenessOptions()));
}

using MMOrleans.Grains.Timing;

namespace MMOrleans.Grains.Tests.Timing;

public class AttendedTimeTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(new[] { 0.0, 0.5, 7.5, 8.0 }, 0.5)] // it went on half a second ago
    [InlineData(new[] { 0.0, 3.0, 6.0, 9.0 }, 1.0)] // standstills one after another are one
    public void WhenItWentOnIsKnown(double[] looks, double seconds)
    {
        var time = new AttendedTime(TimeSpan.FromSeconds(0.5));

        var last = looks.Select(at => time.At(Start.AddSeconds(at))).ToList()[^1];

        Assert.Equal(seconds, (last - time.Resumed).TotalSeconds, 6);
    }

    [Theory]
    [InlineData(new[] { 0.0, 0.5, 1.0, 2.0 }, 2.0)] // two looks apart is late, and no standstill
    [InlineData(new[] { 0.0, 0.5, 7.5 }, 1.0)] // seven seconds count as one look
    [InlineData(new[] { 0.0, 7.0, 7.5, 15.0 }, 1.5)]
    [InlineData(new[] { 0.0, 3.0, 6.0, 9.0 }, 1.5)] // time passes, if slowly
    public void AStandstillCountsAsOneLook(double[] looks, double seconds)
    {
        var time = new AttendedTime(TimeSpan.FromSeconds(0.5));

        var last = looks.Select(at => time.At(Start.AddSeconds(at))).ToList()[^1];

        Assert.Equal(seconds, (last - Start).TotalSeconds, 6);
    }
}

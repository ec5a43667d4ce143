using MMOrleans.Bench.Fire;

namespace MMOrleans.Cluster.Tests;

/// <summary>What <c>bench fire</c> plays and how it counts; no process is started.</summary>
public class FirePlanTests
{
    private static readonly FaultKind[] All = Enum.GetValues<FaultKind>();
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(29);

    [Fact]
    public void ASeedIsAPlan()
    {
        Assert.Equal(FaultPlan.Draw(7, All, 3, 41, Every), FaultPlan.Draw(7, All, 3, 41, Every));
        Assert.NotEqual(FaultPlan.Draw(7, All, 3, 41, Every), FaultPlan.Draw(8, All, 3, 41, Every));
    }

    [Fact]
    public void EveryKindHappensEquallyOften()
    {
        var plan = FaultPlan.Draw(7, All, 3, 8 * All.Length, Every);

        Assert.All(All, kind => Assert.Equal(8, plan.Count(fault => fault.Kind == kind)));
    }

    [Fact]
    public void AFaultIsOverBeforeTheNextOneAndACutHasTwoEnds()
    {
        foreach (var every in (TimeSpan[])[Every, TimeSpan.FromSeconds(8)])
        foreach (var fault in FaultPlan.Draw(3, All, 3, 200, every))
        {
            Assert.InRange(fault.Length, TimeSpan.FromSeconds(1), 0.7 * every);
            Assert.NotEqual(fault.Silo, fault.Other);
            Assert.InRange(fault.Other, 0, 2);
        }
    }

    /// <summary>10 a second before and 8 after: 9 for a minute would be 540 rounds.</summary>
    [Fact]
    public void RoundsUnderFireAreComparedWithTheCalmBeforeAndAfter()
    {
        var calm = new[] { 400, 320 }.Select(rounds => new Stretch(TimeSpan.FromSeconds(40), rounds));

        var ratio = Stretch.Ratio([.. calm], [new(TimeSpan.FromMinutes(1), 486)]);

        Assert.Equal(0.9, ratio, precision: 12);
    }

    [Fact]
    public void TheWorstOfTwentyIsNotTheirNinetyFifthPercentile()
    {
        var times = Quantiles.Of(Enumerable.Range(1, 20).Select(n => (double)n));

        Assert.Equal(new Quantiles(20, 10.5, 19, 20), times);
    }
}

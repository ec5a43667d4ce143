using CsCheck;
using MMOrleans.Api.Series;

namespace MMOrleans.Api.Tests.Series;

public class ThinningTests
{
    private static readonly Gen<(double[] Values, int Points)> Curves = Gen.Select(
        Gen.Double[-1e6, 1e6].Array[0, 400],
        Gen.Int[Thinning.Least, 200]
    );

    [Fact]
    public void NeverMorePointsThanAsked() =>
        Curves.Sample(curve => Thinning.Kept(curve.Values, curve.Points).Count <= curve.Points);

    [Fact]
    public void TheLargestAndTheSmallestValueStay() =>
        Curves.Sample(curve =>
        {
            var kept = Thinning.Kept(curve.Values, curve.Points).Select(i => curve.Values[i]).ToList();
            return curve.Values.Length == 0
                || (kept.Max() == curve.Values.Max() && kept.Min() == curve.Values.Min());
        });

    [Fact]
    public void BothEndsStayAndTheOrderToo() =>
        Curves.Sample(curve =>
        {
            var kept = Thinning.Kept(curve.Values, curve.Points);
            return kept.Count == 0
                || (
                    kept[0] == 0
                    && kept[^1] == curve.Values.Length - 1
                    && kept.Zip(kept.Skip(1)).All(pair => pair.First < pair.Second)
                );
        });

    [Fact]
    public void APeakOfOneEpochInTenThousandStays()
    {
        var values = new double[10_000];
        values[7_311] = 1;

        Assert.Contains(7_311, Thinning.Kept(values, 20));
    }

    [Fact]
    public void WhatIsNoNumberHidesNoPeak()
    {
        // The stretch begins with NaN, to which nothing compares.
        double[] values = [0, double.NaN, 5, double.NaN, -5, 1, 1, 0];

        Assert.Equal([0, 2, 4, 5, 7], Thinning.Kept(values, 6).Where(i => i is 0 or 2 or 4 or 5 or 7));
        Assert.Contains(2, Thinning.Kept([0, double.NaN, 5, double.NaN, 0], 4));
    }

    [Fact]
    public void FewerPointsThanBothEndsAndAPeakAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Thinning.Kept([1, 2, 3], Thinning.Least - 1));
}

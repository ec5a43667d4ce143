namespace MMOrleans.Learning.Tests.Support;

/// <summary>Compares numbers by the golden files' rule: |a − b| ≤ tolerance · (1 + |b|).</summary>
internal static class Near
{
    public static void Equal(double expected, double actual, double tolerance, string what)
    {
        if (!(Math.Abs(actual - expected) <= tolerance * (1 + Math.Abs(expected))))
            Assert.Fail($"{what}: {actual:R} is not within {tolerance} of {expected:R}.");
    }

    public static void Equal(
        IReadOnlyList<double> expected,
        IReadOnlyList<double> actual,
        double tolerance,
        string what
    )
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Equal(expected[i], actual[i], tolerance, $"{what}[{i}]");
    }
}

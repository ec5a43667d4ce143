namespace MMOrleans.Learning.Tests.Support;

public class GoldenFillTests
{
    [Fact]
    public void FillAgreesWithTheGoldenFile()
    {
        var file = GoldenFile.Open("fill");
        foreach (var c in file.Cases)
        {
            if (!c.Has("hash"))
                continue;
            var (seed, tensor) = ((uint)c.Int("seed"), (uint)c.Int("tensorIndex"));
            var indices = c.Ints("i");
            Assert.Equal(
                c.Longs("hash"),
                indices.Select(i => (long)GoldenFill.Mix32((uint)i, tensor, seed)).ToArray()
            );
            if (c.Has("fillAmp0.25Center0.5"))
            {
                var values = GoldenFill.Values(indices.Max() + 1, (int)tensor, seed, 0.25, 0.5);
                Assert.Equal(c.Numbers("fillAmp0.25Center0.5"), indices.Select(i => values[i]).ToArray());
            }
        }
    }
}

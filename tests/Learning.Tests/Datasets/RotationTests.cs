using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Tests.Support;

namespace MMOrleans.Learning.Tests.Datasets;

public class RotationTests
{
    [Fact]
    public void GoldenTurnsComeOut()
    {
        var image = GoldenCases.Read("augmentation").GetProperty("inputs").GetProperty("image");
        var (height, width) = (image.Ints("shape")[1], image.Ints("shape")[2]);
        var seen = 0;
        foreach (
            var golden in GoldenCases
                .Cases("augmentation")
                .Where(c => c.GetProperty("kind").GetString() == "rot90")
        )
        {
            var turned = new int[image.Ints("data").Length];

            Rotation.Turn<int>(Interleaved(image.Ints("data")), width, height, golden.Int("k"), turned);

            Assert.Equal(Interleaved(golden.GetProperty("pixels").Ints("data")), turned);
            seen++;
        }

        Assert.True(seen > 0, "no case of rot90 was read");
    }

    [Fact]
    public void ImageThatIsNotSquareComesBackAfterFourQuarters()
    {
        int[] image = [.. Enumerable.Range(0, 3 * 4 * 2)]; // 4 across, 2 down
        var (width, height) = (4, 2);
        var turned = image.ToArray();
        for (var i = 0; i < 4; i++)
        {
            var next = new int[image.Length];
            Rotation.Turn<int>(turned, width, height, 1, next);
            (turned, width, height) = (next, height, width);
            Assert.Equal(i == 3, turned.SequenceEqual(image));
        }
    }

    [Theory]
    [InlineData(128)]
    [InlineData(118)]
    [InlineData(1)]
    public void QuartersAreAsManyOfEachAsTheRowsAllowInAnOrderOfTheirOwn(int rows)
    {
        var quarters = Rotation.Quarters(1, -3, 5, rows);

        Assert.Equal(rows, quarters.Length);
        var counts = Enumerable.Range(0, 4).Select(k => quarters.Count(q => q == k)).ToList();
        // Cut from a shuffled whole: what is cut off is three at most.
        Assert.All(counts, count => Assert.InRange(count, Math.Max(0, (rows / 4) - 2), (rows / 4) + 1));
        Assert.Equal(quarters, Rotation.Quarters(1, -3, 5, rows));
        if (rows > 100)
        {
            Assert.NotEqual(quarters, Rotation.Quarters(1, -3, 6, rows));
            Assert.NotEqual(quarters, Rotation.Quarters(1, -2, 5, rows));
            Assert.NotEqual(quarters, Rotation.Quarters(2, -3, 5, rows));
        }
    }

    // Planes of red, green and blue, as channels of every pixel.
    private static int[] Interleaved(int[] planes)
    {
        var pixels = planes.Length / 3;
        return
        [
            .. Enumerable
                .Range(0, pixels)
                .SelectMany(p => Enumerable.Range(0, 3).Select(c => planes[(c * pixels) + p])),
        ];
    }
}

using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Tests.Support;

namespace MMOrleans.Learning.Tests.Datasets;

public class AugmentationTests
{
    [Fact]
    public void GeneratedImagesAreTheSameForTheSameSeedAndBalanced()
    {
        var (first, second, other) = (
            SyntheticImages.Generate(1),
            SyntheticImages.Generate(1),
            SyntheticImages.Generate(2)
        );

        Assert.True(first.Train.Image(17).Span.SequenceEqual(second.Train.Image(17).Span));
        Assert.False(first.Train.Image(17).Span.SequenceEqual(other.Train.Image(17).Span));
        Assert.All(
            first.Test.Labels.CountBy(l => l),
            c => Assert.Equal(SyntheticImages.TestPerClass, c.Value)
        );
        Assert.NotEqual(first.ManifestHash, other.ManifestHash);
    }

    [Fact]
    public void CropAndFlipDependOnEpochAndSampleAndOnNothingElse()
    {
        var augmentation = new Augmentation(Some.Specification(), 16, 16);
        var image = SyntheticImages.Generate(1).Train.Image(0).Span;
        float[] first = new float[768],
            again = new float[768],
            later = new float[768];

        augmentation.Train(image, 0, 5, 9, first);
        augmentation.Train(image, 0, 5, 9, again);
        augmentation.Train(image, 1, 5, 9, later);

        Assert.Equal(first, again);
        Assert.NotEqual(first, later);
    }

    [Fact]
    public void GoldenCropsComeOut()
    {
        var inputs = GoldenCases.Read("augmentation").GetProperty("inputs");
        var image = inputs.GetProperty("image").Integers("data").Select(v => (byte)v).ToArray();
        var size = inputs.GetProperty("image").Integers("shape")[2];
        var tolerance = GoldenCases.Tolerance("augmentation");
        var table = Augmentation.Table<double>(
            GoldenCases.Read("augmentation").Numbers("mean"),
            GoldenCases.Read("augmentation").Numbers("std")
        );
        var seen = 0;
        foreach (var golden in GoldenCases.Cases("augmentation"))
        {
            if (golden.GetProperty("kind").GetString() != "cropFlip")
                continue;
            var target = new double[image.Length];
            Augmentation.Place(
                image,
                size,
                size,
                inputs.GetProperty("padding").GetInt32(),
                golden.GetProperty("top").GetInt32(),
                golden.GetProperty("left").GetInt32(),
                golden.GetProperty("flip").GetBoolean(),
                table,
                target
            );
            var planes = Enumerable
                .Range(0, 3)
                .SelectMany(c => Enumerable.Range(0, size * size).Select(p => target[(p * 3) + c]));
            GoldenCases.AssertClose(
                golden.GetProperty("normalised").Numbers("data"),
                planes,
                tolerance,
                golden.Id()
            );
            seen++;
        }

        Assert.True(seen > 0, "no crop case was read");
    }

    // The padded image is larger than a crop: four crops, one from each corner, hold all of it.
    [Fact]
    public void GoldenReflectionsComeOut()
    {
        var inputs = GoldenCases.Read("augmentation").GetProperty("inputs");
        var image = inputs.GetProperty("image").Integers("data").Select(v => (byte)v).ToArray();
        var size = inputs.GetProperty("image").Integers("shape")[2];
        var bytes = Augmentation.Table<double>([0, 0, 0], [1 / 255.0, 1 / 255.0, 1 / 255.0]);
        var seen = 0;
        foreach (var golden in GoldenCases.Cases("augmentation"))
        {
            if (golden.GetProperty("kind").GetString() != "reflectPad")
                continue;
            var padding = golden.Int("padding");
            var expected = golden.GetProperty("pixels").Integers("data");
            var padded = size + (2 * padding);
            Assert.True(2 * padding <= size, "the corners' crops leave a gap");
            foreach (var top in (int[])[0, 2 * padding])
            foreach (var left in (int[])[0, 2 * padding])
            {
                var target = new double[image.Length];
                Augmentation.Place(
                    image,
                    size,
                    size,
                    padding,
                    top,
                    left,
                    false,
                    bytes,
                    target,
                    reflects: true
                );
                for (var y = 0; y < size; y++)
                for (var x = 0; x < size; x++)
                for (var channel = 0; channel < 3; channel++)
                    Assert.Equal(
                        expected[(channel * padded * padded) + ((top + y) * padded) + left + x],
                        target[(((y * size) + x) * 3) + channel],
                        9
                    );
            }

            seen++;
        }

        Assert.True(seen > 0, "no case of reflection was read");
    }

    [Fact]
    public void ReflectionWiderThanTheImageGoesOnReflecting()
    {
        byte[] row = [10, 20, 30, 10, 20, 30, 10, 20, 30]; // 3 by 1, three planes
        var bytes = Augmentation.Table<double>([0, 0, 0], [1 / 255.0, 1 / 255.0, 1 / 255.0]);
        var target = new double[9];

        Augmentation.Place(row, 3, 1, padding: 5, top: 5, left: 0, false, bytes, target, reflects: true);

        // Positions −5, −4, −3 of … 20 30 | 20 10 20 | 30 20 [10 20 30].
        Assert.Equal([20, 10, 20], new[] { target[0], target[3], target[6] }.Select(v => Math.Round(v)));
    }

    [Fact]
    public void GoldenImagesOfFullSizeComeOut()
    {
        var root = GoldenCases.Read("augmentation");
        var full = root.GetProperty("inputs").GetProperty("fullImage");
        var (seed, padding) = ((uint)full.Int("seed"), full.Int("padding"));
        const int Size = 32;
        var image = Enumerable
            .Range(0, 3 * Size * Size)
            .Select(i => (byte)(GoldenFill.Mix32((uint)i, 1, seed) % 256))
            .ToArray();
        var table = Augmentation.Table<double>(root.Numbers("mean"), root.Numbers("std"));
        // The bytes themselves, by a table without normalisation, give the sum of pixels.
        var bytes = Augmentation.Table<double>([0, 0, 0], [1 / 255.0, 1 / 255.0, 1 / 255.0]);
        var tolerance = GoldenCases.Tolerance("augmentation");
        foreach (var golden in GoldenCases.Cases("augmentation"))
        {
            if (golden.GetProperty("kind").GetString() != "full")
                continue;
            var (normalised, pixels) = (Placed(golden, table), Placed(golden, bytes));
            var expected = golden.GetProperty("normalised");
            Near.Equal(golden.Number("pixelSum"), pixels.Sum(), tolerance, golden.Id());
            Near.Equal(expected.Number("sum"), normalised.Sum(), tolerance, golden.Id());
            Near.Equal(expected.Number("l2"), Math.Sqrt(normalised.Sum(v => v * v)), tolerance, golden.Id());
            var first = expected.Numbers("first");
            Near.Equal(first, [.. first.Select((_, i) => normalised[i * 3])], tolerance, golden.Id());
        }

        double[] Placed(System.Text.Json.JsonElement golden, double[] values)
        {
            var target = new double[image.Length];
            Augmentation.Place(
                image,
                Size,
                Size,
                padding,
                golden.Int("top"),
                golden.Int("left"),
                golden.GetProperty("flip").GetBoolean(),
                values,
                target
            );
            return target;
        }
    }
}

using MMOrleans.Learning.Datasets;

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
        var table = Augmentation.Table<double>([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]);
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
}

using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Training;

namespace MMOrleans.Silo;

/// <summary>Images as a network takes them in evaluation: normalised, never cropped or flipped.</summary>
internal static class ImageRows
{
    /// <param name="images">Of a split.</param>
    /// <param name="augmentation">For its normalisation.</param>
    /// <param name="indices">Which of them, in order.</param>
    public static Batch Of(ImageSet images, Augmentation augmentation, ReadOnlySpan<int> indices)
    {
        var length = images.Width * images.Height * 3;
        var pixels = new float[indices.Length * length];
        var labels = new long[indices.Length];
        for (var row = 0; row < indices.Length; row++)
        {
            augmentation.Test(images.Image(indices[row]).Span, pixels.AsSpan(row * length, length));
            labels[row] = images.Labels[indices[row]];
        }

        return new(indices.Length, pixels, labels, sampleSum: 0);
    }
}

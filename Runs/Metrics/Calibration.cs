namespace MMOrleans.Runs.Metrics;

/// <summary>How far the confidence of some images' predictions was deserved, by bins of confidence.</summary>
/// <remarks>
/// Bin b of B holds the confidences in (b / B, (b + 1) / B]. Source: Guo et al. 2017 (arXiv:1706.04599), section 2.
/// </remarks>
public sealed class Calibration
{
    /// <summary>Bins when nothing is said.</summary>
    public const int UsualBins = 15;

    /// <param name="images">Images of every bin.</param>
    /// <param name="correct">Those of them that were classified rightly.</param>
    /// <param name="confidence">Σ of their confidences, each in [0, 1].</param>
    public Calibration(
        IReadOnlyList<long> images,
        IReadOnlyList<long> correct,
        IReadOnlyList<double> confidence
    )
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(correct.Count, images.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(confidence.Count, images.Count);
        (Images, Correct, Confidence) = (images, correct, confidence);
    }

    /// <summary>Images of every bin.</summary>
    public IReadOnlyList<long> Images { get; }

    /// <summary>Those of them that were classified rightly.</summary>
    public IReadOnlyList<long> Correct { get; }

    /// <summary>Σ of their confidences.</summary>
    public IReadOnlyList<double> Confidence { get; }

    /// <summary>Expected calibration error, in [0, 1]: Σ_b n_b / N · |accuracy_b − confidence_b|; null without images.</summary>
    public double? Error
    {
        get
        {
            // n_b / N · |correct_b / n_b − confidence_b / n_b| is this without the division that an empty bin could not do.
            var gaps = Correct.Zip(Confidence, (correct, confidence) => Math.Abs(correct - confidence)).Sum();
            var images = Images.Sum();
            return images == 0 ? null : gaps / images;
        }
    }

    /// <summary>The bin of a confidence.</summary>
    /// <param name="bins">B.</param>
    /// <param name="confidence">In [0, 1].</param>
    public static int BinOf(int bins, double confidence) =>
        Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);

    /// <summary>That of all images together.</summary>
    /// <param name="parts">One or more, of the same bins.</param>
    public static Calibration Sum(IReadOnlyList<Calibration> parts)
    {
        var bins = Enumerable.Range(0, parts[0].Images.Count).ToList();
        return new(
            [.. bins.Select(bin => parts.Sum(part => part.Images[bin]))],
            [.. bins.Select(bin => parts.Sum(part => part.Correct[bin]))],
            [.. bins.Select(bin => parts.Sum(part => part.Confidence[bin]))]
        );
    }
}

namespace MMOrleans.Learning.Classifiers;

/// <summary>The means of classes over training features: a nearest-class-mean classifier's weights.</summary>
/// <remarks>
/// Means of normalised features are not normalised again, and the centre is the mean of all training features, so of frequent classes
/// mostly. Kang et al., ICLR 2020; facebookresearch/classifier-balancing, <c>KNNClassifier</c>.
/// </remarks>
public sealed class ClassMeans
{
    private const double SmallestLength = 1e-12;

    private ClassMeans(double[] centre, double[][] means) => (Centre, Means) = (centre, means);

    /// <summary>[features]: the mean of all training features.</summary>
    public IReadOnlyList<double> Centre { get; }

    /// <summary>[classes][features].</summary>
    public IReadOnlyList<IReadOnlyList<double>> Means { get; }

    /// <summary>From every training image once.</summary>
    /// <param name="features">One row an image, [features]; in an order that does not change, as sums round.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="classes">K; each has a row.</param>
    /// <param name="space">How features are seen.</param>
    public static ClassMeans Of(
        IReadOnlyList<double[]> features,
        IReadOnlyList<int> labels,
        int classes,
        FeatureSpace space
    )
    {
        var length = features[0].Length;
        var centre = new double[length];
        foreach (var row in features)
            for (var i = 0; i < length; i++)
                centre[i] += row[i] / features.Count;
        var means = new double[classes][];
        for (var c = 0; c < classes; c++)
            means[c] = new double[length];
        var counts = new int[classes];
        for (var row = 0; row < features.Count; row++)
        {
            var seen = Seen(features[row], centre, space);
            counts[labels[row]]++;
            for (var i = 0; i < length; i++)
                means[labels[row]][i] += seen[i];
        }

        for (var c = 0; c < classes; c++)
        for (var i = 0; i < length; i++)
            means[c][i] /= counts[c];
        return new(centre, means);
    }

    private static double[] Seen(double[] row, double[] centre, FeatureSpace space)
    {
        if (space == FeatureSpace.Raw)
            return row;
        var seen =
            space == FeatureSpace.Centred ? [.. row.Zip(centre, (x, mean) => x - mean)] : row.ToArray();
        var norm = Math.Max(Math.Sqrt(seen.Sum(x => x * x)), SmallestLength);
        for (var i = 0; i < seen.Length; i++)
            seen[i] /= norm;
        return seen;
    }
}

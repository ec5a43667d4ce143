namespace MMOrleans.Learning.Sampling;

/// <summary>How likely samplers with replacement draw a class, by the classes' counts.</summary>
public static class SamplingWeights
{
    /// <summary>Weight of one image of each class.</summary>
    /// <param name="kind"><c>instance</c>, <c>inverse</c>, <c>square-root</c>, <c>effective-number</c> or <c>reversed</c>.</param>
    /// <param name="counts">Images of each class, 1 or more.</param>
    /// <param name="beta">Base of the effective number, in [0, 1).</param>
    public static double[] PerImage(string kind, IReadOnlyList<int> counts, double beta)
    {
        double largest = counts.Max();
        Func<int, double> weight = kind switch
        {
            "instance" => _ => 1,
            "inverse" => n => 1.0 / n,
            "square-root" => n => Math.Pow(n, -0.5),
            "effective-number" => n => (1 - beta) / (1 - Math.Pow(beta, n)),
            // A class by n_max / n_c, then an image of it.
            "reversed" => n => largest / n / n,
            _ => throw new ArgumentException(
                $"'{kind}' are not sampling weights: instance, inverse, square-root, effective-number or reversed."
            ),
        };
        return [.. counts.Select(weight)];
    }

    /// <summary>Probability that a draw is of each class.</summary>
    /// <param name="counts">Images of each class.</param>
    /// <param name="perImage">Weight of one image of each class.</param>
    public static double[] OfClasses(IReadOnlyList<int> counts, IReadOnlyList<double> perImage)
    {
        double[] weights = [.. counts.Zip(perImage, (n, weight) => n * weight)];
        var sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    /// <summary>Progressively balanced: from the images' own frequencies in the first epoch to equal ones in the last.</summary>
    /// <remarks>(1 − t) · n_c / n + t / K with t = e / (E − 1).</remarks>
    /// <param name="counts">Images of each class.</param>
    /// <param name="epoch">e, from 0.</param>
    /// <param name="epochs">E.</param>
    public static double[] Progressive(IReadOnlyList<int> counts, int epoch, int epochs)
    {
        var t = epoch / (double)Math.Max(1, epochs - 1);
        double total = counts.Sum();
        return [.. counts.Select(n => ((1 - t) * n / total) + (t / counts.Count))];
    }
}

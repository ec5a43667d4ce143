namespace MMOrleans.Learning.Weighting;

/// <summary>Weights of classes by their counts; every kind sums to the number of classes.</summary>
public static class ClassWeights
{
    /// <summary>w_c ∝ (1 − β) / (1 − β^n_c).</summary>
    /// <remarks>Source: Cui et al. 2019, arXiv:1901.05555. β = 0 gives all ones.</remarks>
    /// <param name="counts">Images of each class, 1 or more.</param>
    /// <param name="beta">Base of the effective number, in [0, 1).</param>
    public static double[] EffectiveNumber(IReadOnlyList<int> counts, double beta) =>
        Normalise(counts.Select(n => (1 - beta) / (1 - Math.Pow(beta, n))));

    /// <summary>w_c ∝ n_c^−power.</summary>
    /// <param name="counts">Images of each class, 1 or more.</param>
    /// <param name="power">1 for inverse frequency, ½ for its square root.</param>
    public static double[] InverseFrequency(IReadOnlyList<int> counts, double power = 1) =>
        Normalise(counts.Select(n => Math.Pow(n, -power)));

    private static double[] Normalise(IEnumerable<double> weights)
    {
        var raw = weights.ToArray();
        var sum = raw.Sum();
        return [.. raw.Select(w => w / sum * raw.Length)];
    }
}

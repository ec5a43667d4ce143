namespace MMOrleans.Learning.Classifiers;

/// <summary>Logit adjustment after training: what is taken from a class's logit for being frequent.</summary>
/// <remarks>Predict by z_c − τ · log(n_c / n). Menon et al., ICLR 2021, §4.</remarks>
public static class PriorAdjustment
{
    /// <summary>−τ · log(n_c / n) of every class, to be added to its logit.</summary>
    /// <param name="counts">Training images of each class, 1 or more.</param>
    /// <param name="tau">τ, 0 or more.</param>
    public static double[] Of(IReadOnlyList<int> counts, double tau)
    {
        var all = (double)counts.Sum(count => (long)count);
        return [.. counts.Select(count => -tau * Math.Log(count / all))];
    }
}

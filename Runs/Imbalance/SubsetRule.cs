namespace MMOrleans.Runs.Imbalance;

/// <summary>Which images are kept: the rule of the published code, to the index.</summary>
/// <remarks>
/// One Mersenne Twister; class by class the indices in file order are shuffled in place and the first n_c kept in shuffled order.
/// Source: kaidic/LDAM-DRW, <c>imbalance_cifar.py</c> over NumPy's legacy generator.
/// </remarks>
public static class SubsetRule
{
    /// <summary>Indices of the kept images, class 0 first.</summary>
    /// <param name="labels">Class of every image, in file order.</param>
    /// <param name="counts">Images to keep of each class.</param>
    /// <param name="seed">Seed, 32 bits.</param>
    /// <param name="heldOut">Images that are none of them.</param>
    public static int[] Choose(
        IReadOnlyList<int> labels,
        ClassCounts counts,
        uint seed,
        IReadOnlyCollection<int>? heldOut = null
    )
    {
        var apart = heldOut?.ToHashSet();
        var random = new MersenneTwister(seed);
        var byClass = Enumerable.Range(0, counts.Count).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < labels.Count; i++)
            if (apart?.Contains(i) != true)
                byClass[labels[i]].Add(i);

        var kept = new List<int>(counts.Total);
        for (var c = 0; c < counts.Count; c++)
        {
            var indices = byClass[c];
            for (var i = indices.Count - 1; i >= 1; i--)
            {
                var j = (int)random.UpTo((uint)i);
                (indices[i], indices[j]) = (indices[j], indices[i]);
            }

            kept.AddRange(indices.Take(counts[c]));
        }

        return [.. kept];
    }
}

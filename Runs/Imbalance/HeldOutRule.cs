using MMOrleans.Runs.Randomness;

namespace MMOrleans.Runs.Imbalance;

/// <summary>Which training images are held out, so that no draw of the training is one of them.</summary>
/// <remarks>As many of every class, taken before the imbalance, which then finds fewer images: Shu et al., NeurIPS 2019.</remarks>
public static class HeldOutRule
{
    /// <summary>Indices of the held-out images, ascending.</summary>
    /// <param name="labels">Class of every image, in file order.</param>
    /// <param name="classes">K.</param>
    /// <param name="perClass">Images of each class to hold out, 0 or more and not more than there are.</param>
    /// <param name="seed">Seed of the choice.</param>
    public static int[] Choose(IReadOnlyList<int> labels, int classes, int perClass, long seed)
    {
        if (perClass == 0)
            return [];
        var byClass = Enumerable.Range(0, labels.Count).ToLookup(index => labels[index]);
        return
        [
            .. Enumerable
                .Range(0, classes)
                .SelectMany(c =>
                {
                    int[] indices = [.. byClass[c]];
                    new KeyedRandom(seed, RandomPurpose.HeldOut, c).Shuffle(indices);
                    return indices.Take(perClass);
                })
                .Order(),
        ];
    }
}

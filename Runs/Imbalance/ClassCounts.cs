using System.Collections;

namespace MMOrleans.Runs.Imbalance;

/// <summary>Training images of every class of the whole run, never of a shard.</summary>
public sealed class ClassCounts : IReadOnlyList<int>
{
    private readonly int[] _counts;

    /// <param name="counts">Images of each class, in class order; each 1 or more.</param>
    /// <exception cref="FaultException">MM2006: a class has no image, so that its margin and weight are undefined.</exception>
    public ClassCounts(IReadOnlyList<int> counts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(counts.Count);
        for (var c = 0; c < counts.Count; c++)
            if (counts[c] < 1)
                throw new FaultException(
                    "MM2006",
                    $"class {c} has {counts[c]} training images, so its margin and its weight are undefined",
                    "lower imbalance.ratio, or add images to that class"
                );
        _counts = [.. counts];
        (Total, Smallest, Largest) = (_counts.Sum(), _counts.Min(), _counts.Max());
    }

    /// <summary>All images.</summary>
    public int Total { get; }

    /// <summary>Images of the rarest class.</summary>
    public int Smallest { get; }

    /// <summary>Images of the most frequent class.</summary>
    public int Largest { get; }

    /// <inheritdoc/>
    public int Count => _counts.Length;

    /// <inheritdoc/>
    public int this[int index] => _counts[index];

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => _counts.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

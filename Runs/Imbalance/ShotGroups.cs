namespace MMOrleans.Runs.Imbalance;

/// <summary>Classes by training count: many (&gt; 100), medium (20 … 100), few (&lt; 20); or thirds of the classes by count.</summary>
/// <param name="Many">Classes of the most frequent group.</param>
/// <param name="Medium">Classes of the middle group.</param>
/// <param name="Few">Classes of the rarest group.</param>
/// <param name="AreThirds">Whether the classes were cut into thirds instead of at the thresholds.</param>
public sealed record ShotGroups(
    IReadOnlyList<int> Many,
    IReadOnlyList<int> Medium,
    IReadOnlyList<int> Few,
    bool AreThirds
)
{
    /// <summary>The usual thresholds: over 100 is many, under 20 is few.</summary>
    public static ShotGroups ByThresholds(IReadOnlyList<int> counts, int many = 100, int few = 20) =>
        new(
            [.. Classes(counts).Where(c => counts[c] > many)],
            [.. Classes(counts).Where(c => counts[c] <= many && counts[c] >= few)],
            [.. Classes(counts).Where(c => counts[c] < few)],
            false
        );

    /// <summary>Thirds of the classes by falling count; the first groups take what does not divide.</summary>
    /// <remarks>
    /// Classes with equal counts stay together: each cut moves to where the count changes, the two of them as little as possible and so
    /// that as few groups are empty as the counts allow. Where all counts differ, nothing moves.
    /// </remarks>
    public static ShotGroups Thirds(IReadOnlyList<int> counts)
    {
        var sorted = Classes(counts).OrderByDescending(c => counts[c]).ThenBy(c => c).ToArray();
        var third = (sorted.Length + 2) / 3;
        var two = third + ((sorted.Length - third + 1) / 2);
        int[] places =
        [
            .. Enumerable
                .Range(1, Math.Max(0, sorted.Length - 1))
                .Where(i => counts[sorted[i - 1]] > counts[sorted[i]]),
            sorted.Length,
        ];
        var (many, medium) = places
            .SelectMany(first => places.Where(second => second >= first), (first, second) => (first, second))
            .MinBy(cut =>
                (
                    Empty: (cut.first == cut.second ? 1 : 0) + (cut.second == sorted.Length ? 1 : 0),
                    Moved: Math.Abs(cut.first - third) + Math.Abs(cut.second - two)
                )
            );
        return new(
            [.. sorted[..many].Order()],
            [.. sorted[many..medium].Order()],
            [.. sorted[medium..].Order()],
            true
        );
    }

    /// <summary>
    /// <c>auto</c> (thresholds, or thirds where a group would be empty and the counts differ), <c>thirds</c>, or thresholds as
    /// <c>many,few</c>.
    /// </summary>
    public static ShotGroups Parse(string groups, IReadOnlyList<int> counts)
    {
        if (groups == "thirds")
            return Thirds(counts);
        if (groups != "auto")
        {
            var parts = groups.Split(',');
            return ByThresholds(counts, int.Parse(parts[0]), int.Parse(parts[1]));
        }

        var usual = ByThresholds(counts);
        var areAllFilled = usual.Many.Count > 0 && usual.Medium.Count > 0 && usual.Few.Count > 0;
        return areAllFilled || counts.Distinct().Count() <= 1 ? usual : Thirds(counts);
    }

    /// <summary><c>many</c>, <c>medium</c> or <c>few</c>.</summary>
    /// <param name="index">A class, from 0.</param>
    public string NameOf(int index) =>
        Many.Contains(index) ? "many"
        : Medium.Contains(index) ? "medium"
        : "few";

    private static IEnumerable<int> Classes(IReadOnlyList<int> counts) => Enumerable.Range(0, counts.Count);
}

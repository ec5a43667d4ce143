namespace MMOrleans.Learning.Imbalance;

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
    public static ShotGroups Thirds(IReadOnlyList<int> counts)
    {
        var sorted = Classes(counts).OrderByDescending(c => counts[c]).ThenBy(c => c).ToArray();
        var many = (sorted.Length + 2) / 3;
        var medium = (sorted.Length - many + 1) / 2;
        return new(
            [.. sorted[..many].Order()],
            [.. sorted[many..(many + medium)].Order()],
            [.. sorted[(many + medium)..].Order()],
            true
        );
    }

    /// <summary><c>auto</c> (thresholds, or thirds where a group would be empty), <c>thirds</c>, or thresholds as <c>many,few</c>.</summary>
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
        return usual.Many.Count > 0 && usual.Medium.Count > 0 && usual.Few.Count > 0 ? usual : Thirds(counts);
    }

    /// <summary><c>many</c>, <c>medium</c> or <c>few</c>.</summary>
    /// <param name="index">A class, from 0.</param>
    public string NameOf(int index) =>
        Many.Contains(index) ? "many"
        : Medium.Contains(index) ? "medium"
        : "few";

    private static IEnumerable<int> Classes(IReadOnlyList<int> counts) => Enumerable.Range(0, counts.Count);
}

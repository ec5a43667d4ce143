using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Coordination;

/// <summary>What trainers' complaints of silence say about the network between their silos.</summary>
internal static class Blockage
{
    /// <summary>Decides what to do about complaints.</summary>
    /// <param name="complaints">Who complains of which grain; only segments in force.</param>
    /// <param name="trainersOf">Silos with trainers in the run, and how many each has.</param>
    /// <returns>
    /// Silos whose segments are to move to the others. Where every silo is complained of, the one to be given up instead: of those
    /// concerned the one with the fewest trainers. Neither when there is nothing to complain of, or nowhere to go.
    /// </returns>
    public static (IReadOnlySet<string> Avoid, string? GiveUp) Decide(
        IEnumerable<(string Trainer, string Key)> complaints,
        IReadOnlyDictionary<string, int> trainersOf
    )
    {
        var between = complaints
            .Select(c => (From: PinnedKey.Silo(c.Trainer), To: PinnedKey.Silo(c.Key)))
            .Distinct()
            .ToList();
        var accused = between.Select(b => b.To).ToHashSet();
        if (accused.Count == 0 || trainersOf.Count < 2)
            return (new HashSet<string>(), null);
        if (trainersOf.Keys.Any(s => !accused.Contains(s)))
            return (accused, null);
        return (
            new HashSet<string>(),
            trainersOf
                .OrderBy(s => s.Value)
                .ThenByDescending(s => between.Count(b => b.To == s.Key))
                .ThenByDescending(s => s.Key, StringComparer.Ordinal)
                .First()
                .Key
        );
    }
}

using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Coordination;

/// <summary>What trainers' complaints of silence say about the network between their silos.</summary>
/// <remarks>
/// The two ends of a cut complain at different times, and each of them only of segments in force: a complaint is remembered until the
/// other end's can have come, or segments would go from one end to the other and back.
/// </remarks>
/// <param name="memory">How long a complaint counts.</param>
internal sealed class Blockage(TimeSpan memory)
{
    private readonly Dictionary<(string From, string To), DateTimeOffset> _heard = []; // by silo

    /// <summary>Takes complaints in and decides what to do about them.</summary>
    /// <param name="complaints">Who complains of which grain; only segments in force.</param>
    /// <param name="trainersOf">Silos with trainers in the run, and how many each has.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// Silos that segments leave, and silos that segments do not move to: the ones complained of, and those that complain, since they are the other
    /// ends of the cuts. Where every silo is complained of, the one with the fewest trainers is given up instead. Empty without a new
    /// complaint, or with one silo.
    /// </returns>
    public (IReadOnlySet<string> Avoid, IReadOnlySet<string> Shun, string? GiveUp) Decide(
        IEnumerable<(string Trainer, string Key)> complaints,
        IReadOnlyDictionary<string, int> trainersOf,
        DateTimeOffset now
    )
    {
        var isNew = false;
        foreach (var (trainer, key) in complaints)
        {
            _heard[(PinnedKey.Silo(trainer), PinnedKey.Silo(key))] = now;
            isNew = true;
        }

        foreach (var old in _heard.Where(h => now - h.Value > memory).ToList())
            _heard.Remove(old.Key);
        if (!isNew || trainersOf.Count < 2)
            return (ImmutableHashSet<string>.Empty, ImmutableHashSet<string>.Empty, null);
        var between = _heard
            .Keys.Where(b => trainersOf.ContainsKey(b.From) && trainersOf.ContainsKey(b.To))
            .ToList();
        var accused = between.Select(b => b.To).ToHashSet();
        var concerned = between.Select(b => b.From).Concat(accused).ToHashSet();
        if (accused.Count < trainersOf.Count)
            return (accused, concerned.Count < trainersOf.Count ? concerned : accused, null);
        return (
            ImmutableHashSet<string>.Empty,
            ImmutableHashSet<string>.Empty,
            trainersOf
                .OrderBy(s => s.Value)
                .ThenByDescending(s => between.Count(b => b.To == s.Key))
                .ThenByDescending(s => s.Key, StringComparer.Ordinal)
                .First()
                .Key
        );
    }
}

namespace MMOrleans.Grains.Coordination;

/// <summary>Says when slots of a slow trainer had better go to faster ones, and how many each is to have. Who computes a slot changes no bit.</summary>
/// <remarks>
/// A change costs every trainer a new lease, and what is measured wavers: so only a gain that is worth it and that has lasted is taken, and
/// the next one not before it has lasted anew.
/// </remarks>
/// <param name="lasting">How long a gain must have been to be had.</param>
internal sealed class SlotBalance(TimeSpan lasting)
{
    /// <summary>Share of a round's computing time that a change must save.</summary>
    public const double LeastGain = 0.25;

    private const double Rounding = 1e-9; // of a sum over all trainers, and far more

    private DateTimeOffset? _since;

    /// <summary>Takes in how fast everybody is.</summary>
    /// <param name="now">The time.</param>
    /// <param name="held">Slots that each trainer has, 1 or more.</param>
    /// <param name="rates">Images that each computes in a second of its own work; who is not in it has not been measured.</param>
    /// <returns>Slots that each is to have, as many in all; null to leave it.</returns>
    public IReadOnlyDictionary<string, int>? Decide(
        DateTimeOffset now,
        IReadOnlyDictionary<string, int> held,
        IReadOnlyDictionary<string, double> rates
    )
    {
        if (held.Count < 2 || !held.Keys.All(rates.ContainsKey))
        {
            _since = null;
            return null;
        }

        var wanted = (1 - LeastGain) * Time(held, rates);
        // Mostly it is known without sharing anything out: no share is done before one in which all are done at once.
        var better = Least(held, rates) > wanted ? held : Best(held, rates);
        if (Time(better, rates) > wanted)
        {
            _since = null;
            return null;
        }

        _since ??= now;
        if (now - _since < lasting)
            return null;
        _since = null;
        return better;
    }

    /// <summary>Every slot to the trainer that would be done with it first; one at least for each, so that its speed goes on being known.</summary>
    private static Dictionary<string, int> Best(
        IReadOnlyDictionary<string, int> held,
        IReadOnlyDictionary<string, double> rates
    )
    {
        var shares = held.Keys.ToDictionary(trainer => trainer, _ => 1);
        var next = new PriorityQueue<string, (double, string)>(SoonestFirst);
        foreach (var trainer in shares.Keys)
            next.Enqueue(trainer, (2 / rates[trainer], trainer));
        for (var left = held.Values.Sum() - shares.Count; left > 0; left--)
        {
            var first = next.Dequeue();
            shares[first]++;
            next.Enqueue(first, ((shares[first] + 1) / rates[first], first));
        }

        return shares;
    }

    private static readonly IComparer<(double DoneAt, string Trainer)> SoonestFirst = Comparer<(
        double DoneAt,
        string Trainer
    )>.Create(
        (a, b) =>
            a.DoneAt.CompareTo(b.DoneAt) is not 0 and var sooner
                ? sooner
                : string.CompareOrdinal(a.Trainer, b.Trainer)
    );

    /// <summary>A little less than the time of a share in which all are done at once, which no share of whole slots goes below.</summary>
    private static double Least(
        IReadOnlyDictionary<string, int> shares,
        IReadOnlyDictionary<string, double> rates
    ) => (1 - Rounding) * shares.Values.Sum() / shares.Keys.Sum(trainer => rates[trainer]);

    /// <summary>How long the slowest computes, in slots' images a second: only ratios mean something.</summary>
    private static double Time(
        IReadOnlyDictionary<string, int> shares,
        IReadOnlyDictionary<string, double> rates
    ) => shares.Max(share => share.Value / rates[share.Key]);
}

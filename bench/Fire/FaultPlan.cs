namespace MMOrleans.Bench.Fire;

/// <summary>Draws faults from a seed: every kind equally often, in a random order.</summary>
internal static class FaultPlan
{
    /// <summary>No fault lasts longer than this part of the time to the next one.</summary>
    private const double LongestPart = 0.7;

    /// <param name="seed">The same one gives the same plan.</param>
    /// <param name="kinds">Kinds to draw from, 1 or more.</param>
    /// <param name="silos">2 or more.</param>
    /// <param name="count">Faults.</param>
    /// <param name="every">Time between two.</param>
    public static IReadOnlyList<PlannedFault> Draw(
        int seed,
        IReadOnlyList<FaultKind> kinds,
        int silos,
        int count,
        TimeSpan every
    )
    {
        var random = new Random(seed);
        var plan = new List<PlannedFault>();
        while (plan.Count < count)
        {
            var turn = kinds.ToArray();
            random.Shuffle(turn);
            foreach (var kind in turn.Take(count - plan.Count))
            {
                var silo = random.Next(silos);
                var other = (silo + 1 + random.Next(silos - 1)) % silos;
                var (least, most) = Seconds(kind);
                var length = least + ((most - least) * random.NextDouble());
                plan.Add(
                    new(
                        kind,
                        silo,
                        other,
                        TimeSpan.FromSeconds(Math.Min(length, LongestPart * every.TotalSeconds))
                    )
                );
            }
        }

        return plan;
    }

    private static (double Least, double Most) Seconds(FaultKind kind) =>
        kind switch
        {
            FaultKind.Kill => (1, 3),
            FaultKind.Freeze => (2, 8),
            _ => (5, 20),
        };
}

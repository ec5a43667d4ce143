namespace MMOrleans.Bench.Fire;

/// <summary>Rounds in a stretch of time.</summary>
internal sealed record Stretch(TimeSpan Time, long Rounds)
{
    public double Rate => Rounds / Time.TotalSeconds;

    /// <summary>Rounds of all stretches under faults over those that the calm ones before and after each would have made in that time.</summary>
    /// <param name="calm">One more than <paramref name="faulty"/>.</param>
    /// <param name="faulty">Between them.</param>
    public static double Ratio(IReadOnlyList<Stretch> calm, IReadOnlyList<Stretch> faulty) =>
        faulty.Sum(f => f.Rounds)
        / faulty.Select((f, i) => f.Time.TotalSeconds * (calm[i].Rate + calm[i + 1].Rate) / 2).Sum();
}

namespace MMOrleans.Grains.Coordination;

/// <summary>Who is right when trainers hold different states after the same round (invariant I2).</summary>
internal static class StateDispute
{
    /// <summary>The trainers whose state differs from that of more than half; null when no state has such a majority.</summary>
    public static IReadOnlyList<string>? Minority(IReadOnlyDictionary<string, UInt128> states)
    {
        var groups = states.GroupBy(s => s.Value).OrderByDescending(g => g.Count()).ToList();
        return groups[0].Count() * 2 > states.Count
            ? [.. groups.Skip(1).SelectMany(g => g.Select(s => s.Key)).Order(StringComparer.Ordinal)]
            : null;
    }
}

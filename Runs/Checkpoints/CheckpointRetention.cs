namespace MMOrleans.Runs.Checkpoints;

/// <summary>Which checkpoints stay: the newest, and the best by a metric.</summary>
/// <param name="KeepLast">Newest that stay, 1 or more.</param>
/// <param name="KeepBest">Best that stay beside them, 0 or more.</param>
/// <param name="BestIsGreatest">Whether the greatest value is the best.</param>
/// <param name="KeepName">One that stays whatever comes; null for none.</param>
public sealed record CheckpointRetention(
    int KeepLast,
    int KeepBest,
    bool BestIsGreatest = true,
    string? KeepName = null
)
{
    /// <summary>The checkpoints that may go.</summary>
    /// <param name="checkpoints">Whole ones, in any order, each with its round and its value; null when it was not evaluated.</param>
    /// <returns>Names, oldest first. Of equal values the older is the better: it was reached first.</returns>
    public IReadOnlyList<string> Superfluous(
        IReadOnlyList<(string Name, long Round, double? Value)> checkpoints
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepLast, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(KeepBest);
        var kept = checkpoints.OrderByDescending(c => c.Round).Take(KeepLast).Select(c => c.Name).ToHashSet();
        var valued = checkpoints.Where(c => c.Value is { } value && !double.IsNaN(value));
        var best = BestIsGreatest ? valued.OrderByDescending(c => c.Value) : valued.OrderBy(c => c.Value);
        kept.UnionWith(best.ThenBy(c => c.Round).Take(KeepBest).Select(c => c.Name));
        return
        [
            .. checkpoints
                .Where(c => c.Name != KeepName && !kept.Contains(c.Name))
                .OrderBy(c => c.Round)
                .Select(c => c.Name),
        ];
    }
}

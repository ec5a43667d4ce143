namespace MMOrleans.Bench.Commands;

/// <summary>A run of a verb that takes seconds.</summary>
/// <param name="Arguments">What follows the verb.</param>
internal sealed record BriefRun(params IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// Its target is a speed or a size, which seconds on a shared machine say nothing of: that it could be measured is enough. Default: every
    /// target must be met.
    /// </summary>
    public bool MayMiss { get; init; }
}

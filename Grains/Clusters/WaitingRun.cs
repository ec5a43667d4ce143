namespace MMOrleans.Grains.Clusters;

/// <summary>A run in the queue.</summary>
/// <param name="RunId">The run.</param>
/// <param name="MinTrainers">Fewest that it can do with.</param>
/// <param name="Priority">The highest is first.</param>
/// <param name="Since">When it was submitted; the oldest is first.</param>
/// <param name="Fingerprint">The only build and devices that it can do with; null for any.</param>
[GenerateSerializer, Immutable, Alias("mm.WaitingRun")]
internal sealed record WaitingRun(
    [property: Id(0)] string RunId,
    [property: Id(1)] int MinTrainers,
    [property: Id(2)] int Priority,
    [property: Id(3)] DateTimeOffset Since,
    [property: Id(4)] string? Fingerprint = null
)
{
    /// <summary>Whether this one's turn comes before a request's.</summary>
    public bool IsBefore(string runId, int priority, DateTimeOffset since) =>
        Priority != priority ? Priority > priority
        : Since != since ? Since < since
        : string.CompareOrdinal(RunId, runId) < 0;
}

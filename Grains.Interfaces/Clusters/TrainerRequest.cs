namespace MMOrleans.Grains.Interfaces.Clusters;

/// <summary>What a run asks the cluster for.</summary>
/// <param name="RunId">The run.</param>
/// <param name="MinTrainers">Fewest that it can do with, 1 or more.</param>
/// <param name="MaxTrainers">Most that it can use; 0 for no limit.</param>
/// <param name="Claim">How it comes by them.</param>
/// <param name="Priority">Among queued runs; the highest is first.</param>
/// <param name="Since">When it was submitted; of two with one priority the older is first.</param>
/// <param name="Fingerprint">Build and devices that its trajectory was begun on, and that its trainers must have; null for any.</param>
[GenerateSerializer, Immutable, Alias("mm.TrainerRequest")]
public sealed record TrainerRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] int MinTrainers,
    [property: Id(2)] int MaxTrainers,
    [property: Id(3)] TrainerClaim Claim,
    [property: Id(4)] int Priority,
    [property: Id(5)] DateTimeOffset Since,
    [property: Id(6)] string? Fingerprint = null
);

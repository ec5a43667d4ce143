namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>Whether a request about a run was accepted.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Fault">Null when accepted; otherwise nothing was changed.</param>
[GenerateSerializer, Immutable, Alias("mm.RunAnswer")]
public sealed record RunAnswer([property: Id(0)] string RunId, [property: Id(1)] Fault? Fault);

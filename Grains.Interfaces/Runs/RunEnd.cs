using MMOrleans.Runs.Events;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>How a run ended.</summary>
/// <param name="State"><see cref="RunStatus.Stopped"/>, <see cref="RunStatus.Finished"/> or <see cref="RunStatus.Failed"/>.</param>
/// <param name="Round">Completed rounds.</param>
/// <param name="StateSha256">Hash of the last completed state; null when there is none.</param>
/// <param name="Fault">Why it failed; null otherwise.</param>
/// <param name="Incident">The same for programs; null for none.</param>
/// <param name="Attempt">The start that ended: the end of an earlier one is nothing to the run. Null for whichever goes.</param>
[GenerateSerializer, Immutable, Alias("mm.RunEnd")]
public sealed record RunEnd(
    [property: Id(0)] RunStatus State,
    [property: Id(1)] long Round,
    [property: Id(2)] string? StateSha256,
    [property: Id(3)] Fault? Fault,
    [property: Id(4)] Incident? Incident = null,
    [property: Id(5)] string? Attempt = null
);

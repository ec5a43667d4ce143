using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>A request to train.</summary>
/// <param name="RunId">The id chosen by the client, so that sending the request twice starts one run.</param>
/// <param name="Specification">Canonical JSON of everything that determines the numbers.</param>
/// <param name="Settings">The rest.</param>
/// <param name="Trace">The client's span in the form of the W3C's <c>traceparent</c>; null for none.</param>
[GenerateSerializer, Immutable, Alias("mm.RunSubmission")]
public sealed record RunSubmission(
    [property: Id(0)] string RunId,
    [property: Id(1)] string Specification,
    [property: Id(2)] RunSettings Settings,
    [property: Id(3)] string? Trace = null
);

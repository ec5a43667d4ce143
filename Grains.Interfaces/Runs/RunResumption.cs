namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>A request to go on with a stopped or failed run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Checkpoint">Checkpoint to start from, such as <c>epoch-42</c>; null for the newest intact one.</param>
/// <param name="MinTrainers">Fewest trainers, or null for what the run had.</param>
/// <param name="MaxTrainers">Most trainers, or null for what the run had.</param>
/// <param name="DataPath">Where the images are now, or null for where they were.</param>
/// <param name="Trace">The client's span in the form of the W3C's <c>traceparent</c>; null for none.</param>
/// <param name="Wait">How long it may be queued when too few trainers are free; zero for not at all.</param>
[GenerateSerializer, Immutable, Alias("mm.RunResumption")]
public sealed record RunResumption(
    [property: Id(0)] string RunId,
    [property: Id(1)] string? Checkpoint,
    [property: Id(2)] int? MinTrainers,
    [property: Id(3)] int? MaxTrainers,
    [property: Id(4)] string? DataPath,
    [property: Id(5)] string? Trace = null,
    [property: Id(6)] TimeSpan Wait = default
);

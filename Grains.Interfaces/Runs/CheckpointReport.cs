namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>A checkpoint that was written, or could not be.</summary>
/// <param name="Name">Such as <c>epoch-0012</c>.</param>
/// <param name="Epoch">Completed epochs.</param>
/// <param name="Round">Completed rounds.</param>
/// <param name="Bytes">Size of its files.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="StateSha256">Hash of the state it holds.</param>
/// <param name="Fault">Null when it is on disk.</param>
/// <param name="WasThere">An intact one with the same state was there already.</param>
[GenerateSerializer, Immutable, Alias("mm.CheckpointReport")]
public sealed record CheckpointReport(
    [property: Id(0)] string Name,
    [property: Id(1)] int Epoch,
    [property: Id(2)] long Round,
    [property: Id(3)] long Bytes,
    [property: Id(4)] double Seconds,
    [property: Id(5)] string StateSha256,
    [property: Id(6)] Fault? Fault,
    [property: Id(7)] bool WasThere = false
);

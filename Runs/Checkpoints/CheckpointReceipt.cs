namespace MMOrleans.Runs.Checkpoints;

/// <summary>A checkpoint that is on the disk.</summary>
/// <param name="Name">Such as <c>epoch-0170</c>.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Bytes">Size of its files.</param>
/// <param name="StateSha256">Hash of its state.</param>
/// <param name="WasThere">An intact one with the same state was found and left.</param>
/// <param name="SetAside">Where a damaged one of the same name was moved; null if there was none.</param>
public sealed record CheckpointReceipt(
    string Name,
    string Path,
    long Bytes,
    string StateSha256,
    bool WasThere,
    string? SetAside
);

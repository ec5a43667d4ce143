namespace MMOrleans.Runs.Epochs;

/// <summary>Test images of one evaluation by margin and shot group, as in <see cref="Metrics.MarginHistogram"/>.</summary>
/// <param name="Epoch">Completed epochs at the evaluation.</param>
/// <param name="Range">R.</param>
/// <param name="Many">Images of the classes with many training images; none for a group without classes.</param>
/// <param name="Medium">Of the middle group.</param>
/// <param name="Few">Of the rarest group.</param>
public sealed record MarginRecord(
    int Epoch,
    double Range,
    IReadOnlyList<long> Many,
    IReadOnlyList<long> Medium,
    IReadOnlyList<long> Few
);

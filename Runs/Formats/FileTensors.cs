namespace MMOrleans.Runs.Formats;

/// <summary>What a model file holds.</summary>
/// <param name="Tensors">In the file's order, with names that differ.</param>
public sealed record FileTensors(IReadOnlyList<NamedTensor> Tensors)
{
    /// <summary>What lies beside them and is not read, such as an optimiser's state; by its key in the file.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

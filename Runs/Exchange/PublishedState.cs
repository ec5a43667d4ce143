using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Exchange;

/// <summary>Brings the tensors of another program's file to the names and numbers that networks here have.</summary>
public static class PublishedState
{
    // DataParallel and torch.compile keep the network in an attribute, whose name then begins every tensor's.
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    /// <summary>The same tensors without the names of wrappers, and with double precision rounded to single.</summary>
    /// <remarks>A file of ours stays as it is.</remarks>
    /// <exception cref="InvalidDataException">Without the wrappers two tensors have one name.</exception>
    public static FileTensors Of(FileTensors file)
    {
        var names = file.Tensors.Select(tensor => tensor.Name).ToList();
        while (Wrappers.FirstOrDefault(wrapper => AreAllOf(names, wrapper)) is { } wrapper)
            names = [.. names.Select(name => name[wrapper.Length..])];
        if (names.CountBy(name => name).FirstOrDefault(count => count.Value > 1) is { Key: { } twice })
            throw new InvalidDataException($"two of its tensors are called {twice}");
        return file with { Tensors = [.. file.Tensors.Zip(names, Single)] };
    }

    private static bool AreAllOf(List<string> names, string wrapper) =>
        names.Count > 0
        && names.All(name =>
            name.Length > wrapper.Length && name.StartsWith(wrapper, StringComparison.Ordinal)
        );

    private static NamedTensor Single(NamedTensor tensor, string name) =>
        tensor.Type == TensorType.F64
            ? NamedTensor.From(
                name,
                tensor.Shape,
                [.. tensor.Values<double>().ToArray().Select(value => (float)value)]
            )
        : tensor.Name == name ? tensor
        : new(name, tensor.Type, tensor.Shape, tensor.Data);
}

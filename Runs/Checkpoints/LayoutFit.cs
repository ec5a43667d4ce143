using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Says how the tensors of a file differ from those that a network has.</summary>
internal static class LayoutFit
{
    private const int NamedAtMost = 3;

    /// <summary>What is missing, of another shape, and unexpected, a few names of each; null where the network can take the tensors.</summary>
    /// <param name="wanted">Entries that have to be there.</param>
    /// <param name="layout">Of the network: what is in it is not unexpected.</param>
    /// <param name="tensors">Of the file.</param>
    public static string? Misfit(
        IEnumerable<StateEntry> wanted,
        StateLayout layout,
        IEnumerable<NamedTensor> tensors
    )
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var known = layout.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var entries = wanted.ToList();
        var missing = entries.Where(entry => !byName.ContainsKey(entry.Name)).ToList();
        var odd = entries
            .Where(entry => byName.TryGetValue(entry.Name, out var tensor) && !IsLike(tensor, entry))
            .ToList();
        if (missing.Count == 0 && odd.Count == 0)
            return null;
        var unexpected = byName
            .Keys.Where(name =>
                !known.Contains(name) && !name.EndsWith(TensorNames.BatchesTracked, StringComparison.Ordinal)
            )
            .ToList();
        return string.Join(
            "; ",
            (
                (string?[])
                    [
                        Named("missing", [.. missing.Select(entry => $"{entry.Name} {Words(entry.Shape)}")]),
                        Named(
                            "of another shape",
                            [
                                .. odd.Select(entry =>
                                    $"{entry.Name} {byName[entry.Name].Type} {Words(byName[entry.Name].Shape)}, the network wants {Words(entry.Shape)}"
                                ),
                            ]
                        ),
                        Named(
                            "unexpected",
                            [.. unexpected.Select(name => $"{name} {Words(byName[name].Shape)}")]
                        ),
                    ]
            ).OfType<string>()
        );
    }

    /// <summary>Whether a tensor can be taken for an entry of a network.</summary>
    public static bool IsLike(NamedTensor tensor, StateEntry entry) =>
        tensor.Type == TensorType.F32 && tensor.Shape.SequenceEqual(entry.Shape);

    private static string? Named(string what, IReadOnlyList<string> names) =>
        names.Count == 0
            ? null
            : $"{what}: {string.Join(", ", names.Take(NamedAtMost))}{(names.Count > NamedAtMost ? $" and {names.Count - NamedAtMost} more" : "")}";

    private static string Words(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";
}

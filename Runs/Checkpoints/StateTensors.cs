using MMOrleans.Runs.Formats;

namespace MMOrleans.Runs.Checkpoints;

/// <summary>Between the flat vectors of a state and the named tensors of its files.</summary>
internal static class StateTensors
{
    /// <summary>Parameters and buffers, in model order.</summary>
    public static List<NamedTensor> Model(Checkpoint checkpoint) =>
        [
            .. checkpoint.Layout.Entries.Select(entry =>
                Cut(entry, entry.Kind == StateKind.Parameter ? checkpoint.Parameters : checkpoint.Buffers)
            ),
        ];

    /// <summary>The momentum, under the parameters' names.</summary>
    public static List<NamedTensor> Optimiser(Checkpoint checkpoint) =>
        [
            .. checkpoint
                .Layout.Entries.Where(entry => entry.Kind == StateKind.Parameter)
                .Select(entry => Cut(entry, checkpoint.Momentum)),
        ];

    /// <summary>The vector of one kind, from tensors in any order.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape or type; the message names it.</exception>
    public static float[] Gather(
        IReadOnlyList<NamedTensor> tensors,
        StateLayout layout,
        StateKind kind,
        string file
    )
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var vector = new float[kind == StateKind.Parameter ? layout.ParameterLength : layout.BufferLength];
        foreach (var entry in layout.Entries)
        {
            if (entry.Kind != kind)
            {
                continue;
            }

            if (!byName.TryGetValue(entry.Name, out var tensor))
            {
                throw new InvalidDataException($"{file} has no tensor {entry.Name}");
            }

            if (tensor.Type != TensorType.F32 || !tensor.Shape.SequenceEqual(entry.Shape))
            {
                throw new InvalidDataException(
                    $"{file} has {entry.Name} as {tensor.Type} [{string.Join(", ", tensor.Shape)}], the network wants F32 [{string.Join(", ", entry.Shape)}]"
                );
            }

            tensor.Values<float>().CopyTo(vector.AsSpan(entry.Offset));
        }

        return vector;
    }

    private static NamedTensor Cut(StateEntry entry, ReadOnlyMemory<float> vector) =>
        NamedTensor.From(entry.Name, entry.Shape, vector.Span.Slice(entry.Offset, entry.Length));
}

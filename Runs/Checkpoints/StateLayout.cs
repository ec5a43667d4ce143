namespace MMOrleans.Runs.Checkpoints;

/// <summary>Where a named tensor of the state lies in its flat vector.</summary>
/// <param name="Name">Such as <c>layer1.0.conv1.weight</c>.</param>
/// <param name="Shape">Sizes of the dimensions; empty for a scalar.</param>
/// <param name="Offset">First element in the parameters (and the momentum), or in the buffers.</param>
/// <param name="Kind">Which vector.</param>
public sealed record StateEntry(string Name, IReadOnlyList<long> Shape, int Offset, StateKind Kind)
{
    /// <summary>Whether weight decay pulls at it.</summary>
    public bool Decays { get; init; } = true;

    /// <summary>Which part of the network it belongs to.</summary>
    public StatePart Part { get; init; }

    /// <summary>Elements.</summary>
    public int Length => checked((int)Shape.Aggregate(1L, (product, size) => checked(product * size)));
}

/// <summary>Which of a state's flat vectors.</summary>
public enum StateKind
{
    /// <summary>What the optimiser changes; each has a momentum at the same place.</summary>
    Parameter,

    /// <summary>What training carries along, such as running means.</summary>
    Buffer,
}

/// <summary>The named tensors of a state in model order: what each vector's elements mean.</summary>
public sealed class StateLayout
{
    /// <param name="entries">In model order; entries of one kind follow each other without gap.</param>
    /// <exception cref="ArgumentException">An entry does not begin where the one before it of its kind ends, or repeats a name.</exception>
    public StateLayout(IReadOnlyList<StateEntry> entries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var expected = entry.Kind == StateKind.Parameter ? ParameterLength : BufferLength;
            if (entry.Offset != expected || !names.Add(entry.Name))
            {
                throw new ArgumentException(
                    $"{entry.Kind} {entry.Name} at {entry.Offset}: {expected} and a new name are expected.",
                    nameof(entries)
                );
            }

            if (entry.Kind == StateKind.Parameter)
            {
                ParameterLength += entry.Length;
            }
            else
            {
                BufferLength += entry.Length;
            }
        }

        Entries = entries;
    }

    /// <summary>In model order.</summary>
    public IReadOnlyList<StateEntry> Entries { get; }

    /// <summary>Elements of the parameters, and of the momentum.</summary>
    public int ParameterLength { get; }

    /// <summary>Elements of the buffers.</summary>
    public int BufferLength { get; }

    /// <summary>Where some tensors lie in their vector: neighbours in one, mostly a single range.</summary>
    public IReadOnlyList<(int Start, int Length)> Ranges(
        Func<StateEntry, bool> which,
        StateKind kind = StateKind.Parameter
    )
    {
        List<(int Start, int Length)> ranges = [];
        foreach (var entry in Entries.Where(e => e.Kind == kind).Where(which))
            if (ranges.Count > 0 && ranges[^1].Start + ranges[^1].Length == entry.Offset)
                ranges[^1] = (ranges[^1].Start, ranges[^1].Length + entry.Length);
            else
                ranges.Add((entry.Offset, entry.Length));
        return ranges;
    }
}

using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>A data set as users choose it, or a format that their own images have.</summary>
/// <param name="Name">As in <c>dataset.name</c>.</param>
/// <param name="Title">As it is published.</param>
/// <param name="Open">Reads it.</param>
public sealed record DatasetDefinition(string Name, string Title, Func<DatasetSource, Dataset> Open)
{
    /// <summary>What is known before it is read; null for a user's own images.</summary>
    public DatasetShape? Shape { get; init; }

    /// <summary>Whether it is read from files.</summary>
    public bool HasFiles { get; init; } = true;
}

/// <summary>What a data set is opened from.</summary>
/// <param name="Dataset">The run's wishes.</param>
/// <param name="Seed">The run's seed; only generated sets use it.</param>
/// <param name="Path">Folder or archive; null for a set that has no files.</param>
public sealed record DatasetSource(DatasetSpecification Dataset, long Seed, string? Path);

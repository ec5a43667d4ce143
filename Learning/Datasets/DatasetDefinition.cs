using MMOrleans.Runs.Specifications;

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

    /// <summary>Counts a user's own training images by class without decoding them; null where <see cref="Shape"/> says it.</summary>
    public Func<DatasetSource, IReadOnlyList<int>>? Count { get; init; }

    /// <summary>Whether a folder looks like a user's own images in this format; null for a published or generated set.</summary>
    public Func<string, bool>? IsAt { get; init; }

    /// <summary>Lists the files; null where there are none.</summary>
    public Func<DatasetSource, IReadOnlyList<string>>? ListFiles { get; init; }

    /// <summary>Looks at every one of a user's own images and tells what is there; null for a published or generated set.</summary>
    public Func<DatasetSource, ImageInventory>? Inspect { get; init; }

    /// <summary>Full paths of all files that the images, their classes and their order depend on; nothing is decoded.</summary>
    /// <remarks>Files that are there now: one that is added, removed or renamed changes the list.</remarks>
    /// <exception cref="FaultException">MM2001, MM2004, MM2007: the data is missing or malformed.</exception>
    public IReadOnlyList<string> Files(DatasetSource source) => ListFiles?.Invoke(source) ?? [];

    /// <summary>Training images there are of each class, before any imbalance.</summary>
    /// <exception cref="FaultException">MM2001, MM2004, MM2007: a user's own images are missing or malformed.</exception>
    public IReadOnlyList<int> TrainCounts(DatasetSource source) =>
        Shape is { } shape ? [.. Enumerable.Repeat(shape.TrainPerClass, shape.Classes)] : Count!(source);
}

/// <summary>What a data set is opened from.</summary>
/// <param name="Dataset">The run's wishes.</param>
/// <param name="Seed">The run's seed; only generated sets use it.</param>
/// <param name="Path">Folder or archive; null for a set that has no files.</param>
/// <param name="CancellationToken">Ends the reading between two files, rows or images.</param>
public sealed record DatasetSource(
    DatasetSpecification Dataset,
    long Seed,
    string? Path,
    CancellationToken CancellationToken = default
)
{
    /// <summary>Is told how many more of a user's own images were read, by several threads at a time; null where nothing is said meanwhile.</summary>
    public IProgress<int>? ImagesRead { get; init; }
}

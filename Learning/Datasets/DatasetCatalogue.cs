using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>The data sets by name: a new one is a file of its own and a line here.</summary>
public static class DatasetCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<DatasetDefinition> All { get; } =
    [
        CifarFiles.Definition(CifarLayout.Cifar10),
        CifarFiles.Definition(CifarLayout.Cifar100),
        SyntheticImages.Definition,
        ImageFolder.Definition,
        ParquetImages.Definition,
        WebDatasetShards.Definition,
    ];

    /// <summary>Names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. All.Select(d => d.Name).Order(StringComparer.Ordinal)];

    /// <summary>The data set of a name.</summary>
    /// <exception cref="FaultException">MM1007: there is none.</exception>
    public static DatasetDefinition Find(string name) =>
        All.FirstOrDefault(d => d.Name == name)
        ?? throw FaultException.NoChoice("dataset.name", name, [.. Names]);

    /// <summary>Opens a data set.</summary>
    /// <param name="dataset">Which.</param>
    /// <param name="seed">The run's seed; only generated sets use it.</param>
    /// <param name="path">Folder or archive; null for a set that has no files.</param>
    /// <param name="cancellationToken">Ends the reading between two files, rows or images.</param>
    /// <exception cref="FaultException">MM2001, MM2002, MM2004, MM2005, MM2006, MM2007: the data is missing or malformed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Dataset Open(
        DatasetSpecification dataset,
        long seed,
        string? path,
        CancellationToken cancellationToken = default
    ) => Find(dataset.Name).Open(new(dataset, seed, path, cancellationToken));
}

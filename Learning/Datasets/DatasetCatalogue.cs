using MMOrleans.Learning.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>The data sets by name: a new one is a file of its own and a line here.</summary>
public static class DatasetCatalogue
{
    private static readonly Dictionary<string, Func<long, string?, Dataset>> ByName = new()
    {
        ["cifar10"] = (_, path) => CifarFiles.Open(CifarLayout.Cifar10, path),
        ["cifar100"] = (_, path) => CifarFiles.Open(CifarLayout.Cifar100, path),
        ["synthetic"] = (seed, _) => SyntheticImages.Generate(seed),
    };

    /// <summary>Names, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Opens a data set.</summary>
    /// <param name="dataset">Which.</param>
    /// <param name="seed">The run's seed; only generated sets use it.</param>
    /// <param name="path">Folder or archive; null for a set that has no files.</param>
    /// <exception cref="LearningFault">MM2001, MM2004, MM2007: the data is missing or malformed.</exception>
    public static Dataset Open(DatasetSpecification dataset, long seed, string? path) =>
        ByName[dataset.Name](seed, path);
}

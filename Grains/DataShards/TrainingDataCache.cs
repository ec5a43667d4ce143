using System.Collections.Concurrent;
using MMOrleans.Grains.Confinement;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Imbalance;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Grains.DataShards;

/// <summary>Opens a run's data once a silo, however many shards and trainers ask.</summary>
/// <param name="dataFolder">Folder that holds data sets by their names, for runs that name no folder; null for none.</param>
/// <param name="paths">Which folders a run may name; null for any.</param>
internal sealed class TrainingDataCache(string? dataFolder = null, ClientPaths? paths = null)
{
    private readonly ClientPaths _paths = paths ?? ClientPaths.Anywhere;
    private readonly ConcurrentDictionary<string, Lazy<Task<TrainingData>>> _open = [];

    /// <summary>The data of a specification.</summary>
    /// <exception cref="Learning.LearningFault">
    /// MM3003: a path that may not be named. Otherwise: the data is missing or malformed, or a class would be empty.
    /// </exception>
    public async Task<TrainingData> OpenAsync(RunSpecification specification, string? path)
    {
        // Each silo has its own place for data: a run says which data set, not where it lies. Only a known name becomes part of a path.
        var name = DatasetCatalogue.Find(specification.Dataset.Name).Name;
        path = path is null
            ? dataFolder is null
                ? null
                : Path.Combine(dataFolder, name)
            : _paths.Resolve(path, "dataset.path");
        // Whatever decides the images decides the key; two runs that differ in the method share them.
        var key = SpecificationDocument.Hash(
            specification with
            {
                Method = specification.Method with
                {
                    Name = "",
                    Loss = "ce",
                    Reweight = "none",
                    DeferEpoch = 0,
                },
                Epochs = 1,
                BatchSize = 1,
            }
        );
        var opening = _open.GetOrAdd(
            $"{key} {path}",
            _ => new(() => Task.Run(() => Open(specification, path)))
        );
        try
        {
            return await opening.Value;
        }
        catch
        {
            _open.TryRemove(new($"{key} {path}", opening)); // a repaired file must be found the next time
            throw;
        }
    }

    private static TrainingData Open(RunSpecification specification, string? path)
    {
        var dataset = DatasetCatalogue.Open(specification.Dataset, specification.Seed, path);
        var labels = dataset.Train.Labels.Select(l => (int)l).ToArray();
        var kept = KeptImages.Of(specification.Imbalance, labels, dataset.Train.Classes);
        return new(dataset, kept.Subset, kept.Counts, kept.HeldOut);
    }
}

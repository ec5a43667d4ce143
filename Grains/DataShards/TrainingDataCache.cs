using System.Text.Json;
using MMOrleans.Grains.Confinement;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.DataShards;

/// <summary>Opens a data set once a silo, however many runs, shards and trainers use it, and again when its files have changed.</summary>
/// <remarks>
/// Decoded images are shared by all runs whose specifications differ in anything else. They stay in memory for as long as a run uses them;
/// beyond that only the set that was used last does, so that the next run of a series does not decode it again.
/// </remarks>
/// <param name="dataFolder">Folder that holds data sets by their names, for runs that name no folder; null for none.</param>
/// <param name="paths">Which folders a run may name; null for any.</param>
internal sealed class TrainingDataCache(string? dataFolder = null, ClientPaths? paths = null)
{
    private readonly ClientPaths _paths = paths ?? ClientPaths.Anywhere;
    private readonly Lock _gate = new();
    private readonly List<Opening> _openings = [];
    private Dataset? _newest;

    /// <summary>The data of a run that begins or goes on: the files are looked at again.</summary>
    /// <inheritdoc cref="OpenAsync(RunSpecification, string?, string, CancellationToken)"/>
    public Task<TrainingData> OpenAsync(
        RunSpecification specification,
        string? path,
        CancellationToken cancellationToken = default
    ) => SelectAsync(specification, path, manifest: null, cancellationToken);

    /// <summary>The data of a run that has begun.</summary>
    /// <param name="specification">The run's.</param>
    /// <param name="path">Folder or archive as the run names it; null for this silo's own.</param>
    /// <param name="manifest">Hash of the manifest that the run began with.</param>
    /// <param name="cancellationToken">Gives up waiting; the reading itself ends when the last waiting caller has given up.</param>
    /// <exception cref="FaultException">
    /// MM3003: a path that may not be named. Otherwise: the data is missing or malformed, or a class would be empty.
    /// </exception>
    /// <exception cref="OtherImagesException">The images are others.</exception>
    public async Task<TrainingData> OpenAsync(
        RunSpecification specification,
        string? path,
        string manifest,
        CancellationToken cancellationToken = default
    )
    {
        var data = await SelectAsync(specification, path, manifest, cancellationToken);
        return data.ManifestHash == manifest
            ? data
            : throw new OtherImagesException(path ?? dataFolder, data.ManifestHash, manifest);
    }

    private async Task<TrainingData> SelectAsync(
        RunSpecification specification,
        string? path,
        string? manifest,
        CancellationToken cancellationToken
    )
    {
        // Each silo has its own place for data: a run says which data set, not where it lies. Only a known name becomes part of a path.
        var definition = DatasetCatalogue.Find(specification.Dataset.Name);
        path = path is null
            ? dataFolder is null
                ? null
                : Path.Combine(dataFolder, definition.Name)
            : _paths.Resolve(path, "dataset.path");
        var source = new DatasetSource(specification.Dataset, specification.Seed, path, cancellationToken);
        var dataset = await ReadAsync(definition, source, manifest, cancellationToken);
        return await Task.Run(
            () =>
            {
                int[] labels = [.. dataset.Train.Labels];
                var kept = KeptImages.Of(specification.Imbalance, labels, dataset.Train.Classes);
                return new TrainingData(dataset, kept.Subset, kept.Counts, kept.HeldOut);
            },
            cancellationToken
        );
    }

    private async Task<Dataset> ReadAsync(
        DatasetDefinition definition,
        DatasetSource source,
        string? manifest,
        CancellationToken cancellationToken
    )
    {
        var key = Key(definition, source);
        if (manifest is not null && Open(key, manifest) is { } open)
            return open;
        var stamp = await Task.Run(() => DataStamp.Of(definition.Files(source)), cancellationToken);
        Opening opening;
        Dataset? held;
        Task<Dataset>? reading;
        lock (_gate)
        {
            _openings.RemoveAll(o => o.IsOver);
            opening = _openings.Find(o => o.Key == key && o.Stamp == stamp) ?? Begin(key, stamp, source);
            (held, reading) = (opening.Held, opening.Reading);
            opening.Waiting++;
        }

        try
        {
            return _newest = held ?? await reading!.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                if (--opening.Waiting == 0 && opening.IsGoingOn)
                {
                    _openings.Remove(opening); // later callers begin a new reading
                    opening.Abandoned.Cancel();
                }
            }
        }
    }

    /// <summary>A set that is in memory, whatever became of its files since.</summary>
    private Dataset? Open(string key, string manifest)
    {
        lock (_gate)
            return _openings
                .Where(o => o.Key == key)
                .Select(o => o.Held)
                .FirstOrDefault(dataset => dataset?.ManifestHash == manifest);
    }

    private Opening Begin(string key, string stamp, DatasetSource source)
    {
        var opening = new Opening(key, stamp);
        _openings.Add(opening);
        var stopping = opening.Abandoned.Token;
        opening.Reading = Task.Run(
            () => DatasetCatalogue.Open(source.Dataset, source.Seed, source.Path, stopping),
            stopping
        );
        // Afterwards only those who use the images hold them; the next caller tries again what failed.
        _ = opening.Reading.ContinueWith(
            reading =>
            {
                lock (_gate)
                {
                    opening.Read =
                        reading.Status == TaskStatus.RanToCompletion
                            ? new(reading.GetAwaiter().GetResult())
                            : null;
                    opening.Reading = null;
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return opening;
    }

    /// <summary>What decides the decoded images, beside the files themselves: neither how they are augmented nor anything of the training.</summary>
    private static string Key(DatasetDefinition definition, DatasetSource source) =>
        JsonSerializer.Serialize(
            new
            {
                Dataset = source.Dataset with
                {
                    CropPadding = 0,
                    Padding = null,
                    Flip = false,
                    Mean = [],
                    StandardDeviation = [],
                },
                Seed = definition.HasFiles ? (long?)null : source.Seed,
                source.Path,
            }
        );

    /// <summary>One reading of a data set's files; all of it is guarded by the cache's lock.</summary>
    private sealed class Opening(string key, string stamp)
    {
        public string Key { get; } = key;

        public string Stamp { get; } = stamp;

        /// <summary>Null once it is over.</summary>
        public Task<Dataset>? Reading { get; set; }

        /// <summary>Null until it is over, and when it failed.</summary>
        public WeakReference<Dataset>? Read { get; set; }

        public CancellationTokenSource Abandoned { get; } = new();

        /// <summary>Callers that want its result.</summary>
        public int Waiting { get; set; }

        public Dataset? Held => Read is not null && Read.TryGetTarget(out var dataset) ? dataset : null;

        public bool IsGoingOn => Reading is { IsCompleted: false };

        public bool IsOver => Reading is null && Held is null;
    }
}

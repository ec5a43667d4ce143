using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Schedules;

namespace MMOrleans.Configuration.Keys;

/// <summary>What has been said of every key while a run is put together, and what follows from it.</summary>
internal sealed class Resolution(ConfigurationSources sources)
{
    public Layers Layers { get; } = new();

    /// <summary>The strongest value of a key.</summary>
    public object? this[string key] => Layers[key].Value;

    public string Text(string key) => (string)this[key]!;

    public double Number(string key) => (double)this[key]!;

    public int Whole(string key) => (int)(long)this[key]!;

    /// <summary>Whether a person wrote a value for the key, rather than a preset or a default.</summary>
    public bool IsExplicit(string key) => Layers.IsExplicit(key);

    /// <summary>The key as messages name it: by where its value was written.</summary>
    public string Subject(string key) => Layers[key].Place.Subject(key);

    public DatasetDefinition Dataset => DatasetCatalogue.Find(Text("dataset.name"));

    public bool HasOwnImages => Dataset.Shape is null;

    public LossDefinition Loss => LossCatalogue.Find(Text("method.loss"))!;

    public ObjectiveDefinition Objective => ObjectiveCatalogue.Find(Text("method.objective"))!;

    public bool IsDeferred =>
        Text("method.reweight") == "deferred" || Samplers.IsDeferred(Text("method.sampler"));

    public bool IsPretrained => Text("pretraining.kind") != "none";

    /// <summary>Epochs of all stages before the deferred phase, or before where it would be.</summary>
    public int SwitchEpoch =>
        (IsPretrained ? Whole("pretraining.epochs") : 0)
        + (IsDeferred ? Whole("method.defer_epoch") : ScaledSchedule.For(Whole("train.epochs")).DeferEpoch);

    /// <summary>Why slots must not share a batch under the loss; null when they may.</summary>
    public string? WholeBatch() => Loss.WholeBatch(Fold(MethodKeys.All).Specification.Method);

    /// <summary>The record that keys write, each with its value.</summary>
    public ResolvedRun Fold(IEnumerable<Key> keys) =>
        keys.Where(key => key.UsedWhen is not { } use || use.When(this))
            .Aggregate(
                Lens.Blank<ResolvedRun>(),
                (run, key) => key.Write?.Invoke(run, this[key.Path], this) ?? run
            );

    /// <summary>Where the images are. A cluster has a place of its own for them.</summary>
    public string? DataPath() =>
        !Dataset.HasFiles ? null
        : this["dataset.path"] is string path ? path
        : HereFrom is { } folder
            ? Path.GetFullPath(Path.Combine(sources.Environment.DataCache, Dataset.Name), folder)
        : null;

    /// <summary>The folder that paths of this machine begin at; null where they are those of a cluster's silos, or resolved already.</summary>
    public string? HereFrom => this["distribution.cluster"] is null ? sources.WorkingFolder : null;

    /// <summary>Puts a value where the strongest source says auto.</summary>
    public void Fill(string key, object value, Place place)
    {
        if (this[key] is "auto")
            Replace(key, value, place);
    }

    /// <summary>Puts a value in the place of what every source says.</summary>
    public void Replace(string key, object value, Place place)
    {
        for (var origin = Origin.Flag; origin >= Origin.File; origin--)
            Layers.Drop(origin, key);
        Layers.Drop(Origin.Preset, key);
        Layers.Put(key, value, place);
    }

    public Fault Contradiction(string key, string other, string fix) =>
        new(
            "MM1005",
            $"{Subject(key)} {ConfigKeys.Find(key)!.Value.Write(this[key])} contradicts {other}",
            fix
        );
}

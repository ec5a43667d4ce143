using MMOrleans.Configuration.Keys;
using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration;

/// <summary>Turns flags, variables, files and presets into one run with nothing left open, or says everything that is wrong.</summary>
internal sealed class RunConfiguration
{
    private readonly ConfigurationSources _sources;
    private readonly Resolution _run;
    private readonly Layers _layers;

    private RunConfiguration(ConfigurationSources sources)
    {
        (_sources, _run) = (sources, new(sources));
        _layers = _run.Layers;
    }

    /// <exception cref="FaultException">MM10xx, with all problems.</exception>
    public static ResolvedRun Resolve(ConfigurationSources sources) =>
        new RunConfiguration(sources).Resolve();

    /// <summary>Reads what <see cref="RecordedConfiguration"/> gives: the same specification comes out.</summary>
    public static ResolvedRun ReadBack(string yaml, EnvironmentSnapshot environment) =>
        Resolve(
            new()
            {
                FileName = "run.yaml",
                FileText = yaml,
                Environment = environment,
                WorkingFolder = null,
            }
        );

    private ResolvedRun Resolve()
    {
        _layers.AddBuiltIn();
        _layers.AddSources(_sources);
        ThrowIfProblems();
        ResolvePath();
        var preset = ChoosePreset();
        _layers.AddPreset(preset);
        if (_run["name"] is null)
            _run.Replace("name", preset.Name, new(Origin.Preset, $"preset {preset.Name}"));
        _layers.Put("preset", preset.Name, _layers["preset"].Place);
        MethodValues.DropOverruled(_layers);
        MethodValues.FillMethod(_run);
        MethodValues.FillSchedule(_run);
        _layers.Problems.AddRange(ConfigKeys.Contradictions(_run));
        ThrowIfProblems();
        FindWeights();
        var run = Build();
        foreach (var fault in ObjectiveCatalogue.Against(run.Specification, _run.Subject))
            _layers.Problems.AddRange(fault.Faults);
        ThrowIfProblems();
        return run;
    }

    private Preset ChoosePreset()
    {
        if (_run["preset"] is string named)
            return Presets.Find(named);
        var dataset = _run.IsExplicit("dataset.name") ? _run.Text("dataset.name") : "";
        return Presets.Find(
            dataset.StartsWith("cifar", StringComparison.Ordinal) ? $"{dataset}-lt-100"
            : dataset.Length > 0 && _run.HasOwnImages ? Presets.OwnImages
            : Presets.Default
        );
    }

    // Last, when everything else is known to be sound: it may read a file.
    private void FindWeights()
    {
        if (_run["model.init_from"] is not string place || _run["model.init_sha256"] is not "auto")
            return;
        var (name, sha256) =
            _sources.FindWeights?.Invoke(_run.Text("output.path"), place)
            ?? throw new FaultException(
                "MM1005",
                $"{_run.Subject("model.init_from")} {place} is looked up where the run begins, which this command cannot",
                "mm train, or give model.init_sha256 too"
            );
        _layers.Put("model.init_from", name, _layers["model.init_from"].Place);
        _run.Fill("model.init_sha256", sha256, new(Origin.Method, $"weights of {name}"));
    }

    private ResolvedRun Build()
    {
        var run = _run.Fold(ConfigKeys.All);
        IReadOnlyList<KeyOrigin> written = [.. ConfigKeys.Used(_run).Select(Line)];
        return run with
        {
            Specification = WithWhatFollows(run.Specification),
            Settings = run.Settings with
            {
                ConfigurationYaml = ConfigurationWriter.WriteWithOrigins(written),
            },
            PrometheusPort = TelemetryVariables.Port(_sources.Environment),
            Written = written,
            Origins = [.. ConfigKeys.All.Select(Line)],
        };
    }

    // Members of the specification that no key is.
    private RunSpecification WithWhatFollows(RunSpecification specification) =>
        specification with
        {
            Method = _run.IsDeferred
                ? specification.Method
                : specification.Method with
                {
                    DeferEpoch = specification.Epochs,
                },
            Pretraining = specification.Pretraining is { } stage
                ? stage with
                {
                    Schedule = ScheduleOf(stage.Epochs, specification.Schedule.Factor),
                }
                : null,
        };

    private static ScheduleSpecification ScheduleOf(int epochs, double factor)
    {
        var scaled = ScaledSchedule.For(epochs);
        return new()
        {
            WarmupEpochs = scaled.WarmupEpochs,
            Milestones = scaled.Milestones,
            Factor = factor,
        };
    }

    // A run is read back from other folders than the one that it was begun in, so it records what was meant and not what was typed.
    private void ResolvePath()
    {
        var (value, place) = _layers["dataset.path"];
        if (_run.HereFrom is { } folder && value is string path)
            _layers.Put("dataset.path", Path.GetFullPath(path, folder), place);
    }

    private KeyOrigin Line(Key key)
    {
        var entry = _layers[key.Path];
        return new(key.Path, key.Value.Write(entry.Value), entry.Place.ToString());
    }

    private void ThrowIfProblems()
    {
        if (_layers.Problems.Count > 0)
            throw new FaultException(_layers.Problems);
    }
}

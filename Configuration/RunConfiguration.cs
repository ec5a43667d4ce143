using MMOrleans.Configuration.Values;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration;

/// <summary>Turns flags, variables, files and presets into one run with nothing left open, or says everything that is wrong.</summary>
internal sealed class RunConfiguration
{
    private const string MethodSection = "method.";

    // Of what a loss can take; whether one takes it is the loss's own business.
    private static readonly HashSet<string> KeysOfLosses =
    [
        .. LossCatalogue
            .All.SelectMany(loss => loss.Uses.Concat(loss.Parameters.Select(p => p.Name)))
            .Select(name => MethodSection + name),
    ];

    // Of what an objective can take.
    private static readonly HashSet<string> KeysOfObjectives =
    [
        .. ObjectiveCatalogue
            .All.SelectMany(objective => objective.Uses.Concat(objective.Parameters.Select(p => p.Name)))
            .Select(name => MethodSection + name),
    ];

    private static readonly string[] KeysOfOwnImages =
    [
        "dataset.image_size",
        "dataset.on_bad_image",
        "dataset.split.train",
        "dataset.split.test",
        "dataset.columns.image",
        "dataset.columns.label",
    ];

    private static readonly string[] KeysOfMethod =
    [
        .. KeysOfLosses.Concat(KeysOfObjectives).Order(StringComparer.Ordinal),
        "method.companion",
        "method.loss",
        "method.objective",
        "method.reduction",
        "method.reweight",
        "method.sampler",
        "method.weights",
        "model.head",
        "model.init_classifier",
        "model.trains",
        "classifier.kind",
        "classifier.tau",
        "pretraining.epochs",
        "pretraining.kind",
    ];

    private readonly Layers _layers = new();
    private readonly ConfigurationSources _sources;

    private RunConfiguration(ConfigurationSources sources) => _sources = sources;

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
        if (Value("name") is null)
            _layers.Put("name", preset.Name, new(Origin.Preset, $"preset {preset.Name}"));
        _layers.Put("preset", preset.Name, _layers["preset"].Place);
        DropOverruledMethod();
        ApplyMethod();
        ApplySchedule();
        Contradictions();
        StageContradictions();
        ThrowIfProblems();
        ApplyWeights();
        var run = Build(preset);
        foreach (var fault in ObjectiveCatalogue.Against(run.Specification, Subject))
            _layers.Problems.AddRange(fault.Faults);
        ThrowIfProblems();
        return run;
    }

    private Preset ChoosePreset()
    {
        if (Value("preset") is string named)
            return Presets.Find(named);
        var dataset = _layers.IsExplicit("dataset.name") ? Text("dataset.name") : "";
        return Presets.Find(
            dataset.StartsWith("cifar", StringComparison.Ordinal) ? $"{dataset}-lt-100"
            : dataset.Length > 0 && IsOwn ? Presets.OwnImages
            : Presets.Default
        );
    }

    // A method named by a stronger source means that method, not its name over the pieces of another one.
    private void DropOverruledMethod()
    {
        var strongest = _layers["method.name"];
        for (var origin = Origin.File; origin < strongest.Place.Origin; origin++)
            if (_layers.At(origin, "method.name") is { } weaker && Equals(weaker.Value, strongest.Value))
                return;
        for (var origin = Origin.File; origin < strongest.Place.Origin; origin++)
            foreach (var key in KeysOfMethod)
                _layers.Drop(origin, key);
    }

    private void ApplyMethod()
    {
        var method = MethodCatalogue.Find(Text("method.name"))!;
        var from = new Place(Origin.Method, $"method {method.Name}");
        _layers.AddRecipe(method);
        Fill("method.loss", method.Loss, from);
        Fill("method.objective", method.Objective, from);
        Fill("method.companion", method.Companion, from);
        Fill("method.reweight", method.Reweight, from);
        Fill("method.weights", method.Weights, from);
        Fill("method.reduction", method.Reduction, from);
        Fill("method.sampler", method.Sampler, from);
        Fill("model.head", method.Head, from);
        Fill("model.trains", method.Trains, from);
        Fill("model.init_classifier", method.FreshClassifier ? "fresh" : "kept", from);
        Fill("classifier.kind", method.Classifier, from);
        Fill("classifier.tau", method.ClassifierTau, from);
        Fill("pretraining.kind", method.Pretraining, from);
        var (dataset, kind, ratio) = (
            Text("dataset.name"),
            Text("imbalance.kind"),
            Number("imbalance.ratio")
        );
        var published = new Place(Origin.Method, $"method {method.Name} on {dataset}, {kind} {ratio}");
        Fill(
            "method.scale",
            IsUsed("method.scale") ? PublishedMargins.Scale(dataset, Text("method.loss")) : 1.0,
            published
        );
        var (minus, beta) = PublishedMargins.For(dataset, kind, ratio);
        Fill("method.delta_minus", minus, published);
        Fill("method.delta_ratio", beta, published);
    }

    private void ApplySchedule()
    {
        var epochs = Whole("train.epochs");
        var drops = MethodCatalogue.Find(Text("method.name"))!.Drops;
        var scaled = ScaledSchedule.For(epochs, drops.First, drops.Second);
        var from = new Place(Origin.Method, $"auto for {epochs} epochs");
        Fill("pretraining.epochs", (long)epochs, from);
        Fill("schedule.warmup_epochs", (long)scaled.WarmupEpochs, from);
        Fill("schedule.milestones", scaled.Milestones, from);
        Fill("method.defer_epoch", (long)(IsDeferred ? scaled.DeferEpoch : epochs), from);
        if (WholeBatch() is not null)
            Fill(
                "distribution.slots",
                1L,
                new(Origin.Method, $"loss {Text("method.loss")}: whole batches only")
            );
        else if (ObjectiveOfRun.WholeBatch is not null)
            Fill(
                "distribution.slots",
                1L,
                new(Origin.Method, $"objective {ObjectiveOfRun.Name}: whole batches only")
            );
        else
            Fill("distribution.slots", 4L, new(Origin.BuiltIn, "built in: 4 everywhere"));
    }

    /// <summary>Puts a value where the strongest source says auto.</summary>
    private void Fill(string key, object value, Place place)
    {
        if (Value(key) is not "auto")
            return;
        for (var origin = Origin.Flag; origin >= Origin.File; origin--)
            _layers.Drop(origin, key);
        _layers.Drop(Origin.Preset, key);
        _layers.Put(key, value, place);
    }

    private void Contradictions()
    {
        var kind = Text("imbalance.kind");
        var loss = Text("method.loss");
        var epochs = Whole("train.epochs");
        if (
            kind is "none" or "counts"
            && _layers.IsExplicit("imbalance.ratio")
            && Number("imbalance.ratio") != 1
        )
            Contradict(
                "imbalance.ratio",
                $"imbalance.kind {kind}",
                $"drop imbalance.ratio, or choose imbalance.kind exp or step"
            );
        if (kind != "step" && _layers.IsExplicit("imbalance.step_fraction"))
            Contradict(
                "imbalance.step_fraction",
                $"imbalance.kind {kind}",
                "drop imbalance.step_fraction, or choose imbalance.kind step"
            );
        if (!IsOwn)
            foreach (var key in KeysOfOwnImages)
                if (_layers.IsExplicit(key) && Value(key) is not (null or "fail" or "train" or "test"))
                    Contradict(
                        key,
                        $"dataset.name {Text("dataset.name")}, whose images are what they are",
                        $"drop {key}, or choose dataset.name {ImageFolder.Definition.Name}"
                    );
        if (Text("dataset.split.train") == Text("dataset.split.test"))
            Contradict(
                "dataset.split.test",
                $"dataset.split.train {Text("dataset.split.train")}: a run is not evaluated on the images that it is trained on",
                "name another split"
            );
        if (IsOwn && Value("dataset.path") is null && Value("distribution.cluster") is null)
            Add(
                "MM1005",
                $"{Subject("dataset.name")} {Text("dataset.name")} needs dataset.path, which is null: nothing says where the images are",
                "--data-dir DIR with the folder that holds them"
            );
        if (kind == "counts" && Value("imbalance.counts") is null)
            Add(
                "MM1005",
                "imbalance.kind counts needs imbalance.counts, which is null",
                "give imbalance.counts: one number per class, or choose imbalance.kind exp"
            );
        if (kind != "counts" && Value("imbalance.counts") is not null)
            Contradict(
                "imbalance.counts",
                $"imbalance.kind {kind}",
                "drop imbalance.counts, or choose imbalance.kind counts"
            );
        foreach (var key in KeysOfMethod.Where(key => _layers.IsExplicit(key) && !IsUsed(key)))
            if (KeysOfObjectives.Contains(key))
                Contradict(
                    key,
                    $"method.objective {ObjectiveOfRun.Name}, which does not use it",
                    $"drop {key}, or choose an objective that has it"
                );
            else
                Contradict(
                    key,
                    $"method.loss {loss}, which does not use it",
                    $"drop {key}, or choose a loss that has it"
                );
        if (LossCatalogue.Find(loss)!.Head is { } head && Text("model.head") != head)
            Contradict("model.head", $"method.loss {loss}, which needs {head}", $"--set model.head={head}");
        if (Whole("distribution.slots") > 1 && WholeBatch() is { } why)
            Add(
                "MM1005",
                $"method.loss {loss} and {Subject("distribution.slots")} {Whole("distribution.slots")} exclude each other: {why}, so sharing the batch would change the result",
                "--slots 1"
            );
        if (!IsDeferred && _layers.IsExplicit("method.defer_epoch"))
            Contradict(
                "method.defer_epoch",
                $"method.reweight {Text("method.reweight")} and method.sampler {Text("method.sampler")}",
                "drop method.defer_epoch, or set method.reweight=deferred"
            );
        else if (_layers.IsExplicit("method.defer_epoch") && Whole("method.defer_epoch") >= epochs)
            Add(
                "MM1008",
                $"{Subject("method.defer_epoch")} {Value("method.defer_epoch")} is not below train.epochs {epochs}: the deferred phase would never begin",
                "--set method.defer_epoch=auto"
            );
        if (Whole("schedule.warmup_epochs") > epochs)
            Contradict(
                "schedule.warmup_epochs",
                $"train.epochs {epochs}: the warm-up would not end",
                "--set schedule.warmup_epochs=auto"
            );
        if (((IReadOnlyList<int>)Value("schedule.milestones")!).Any(milestone => milestone > epochs))
            Contradict(
                "schedule.milestones",
                $"train.epochs {epochs}: a drop after the end never comes",
                "--set schedule.milestones=auto"
            );
    }

    private void StageContradictions()
    {
        if (!IsPretrained && _layers.IsExplicit("pretraining.epochs"))
            Contradict(
                "pretraining.epochs",
                "pretraining.kind none",
                "drop pretraining.epochs, or set pretraining.kind=rotation"
            );
        if (Text("classifier.kind") is "trained" or "ncm" && _layers.IsExplicit("classifier.tau"))
            Contradict(
                "classifier.tau",
                $"classifier.kind {Text("classifier.kind")}, which has none",
                "drop classifier.tau, or choose method tau-norm or post-hoc-logit-adjustment"
            );
        if (Text("classifier.kind") == "ncm" != Heads.SpaceOf(Text("model.head")) is not null)
            Contradict(
                "model.head",
                $"classifier.kind {Text("classifier.kind")}: heads named ncm-… are computed, and no others are by ncm",
                "--set model.head=auto"
            );
        if (IsPretrained && !Samplers.KeepsEpochs(Text("method.sampler")))
            Contradict(
                "pretraining.kind",
                $"method.sampler {Text("method.sampler")}, whose epochs have another length",
                "choose a sampler that keeps the length of an epoch"
            );
        if (IsPretrained && Value("model.init_from") is not null)
            Contradict(
                "pretraining.kind",
                $"model.init_from {Text("model.init_from")}: a backbone is taken over or pre-trained",
                "drop one of the two"
            );
        if (Value("model.init_from") is not null)
            return;
        foreach (
            var (key, harmless) in (ReadOnlySpan<(string, string)>)
                [("model.trains", "all"), ("classifier.kind", "trained"), ("model.init_classifier", "kept")]
        )
            if (Text(key) != harmless)
            {
                // What a method brings along is the method's word, and that is what a person wrote.
                var said = _layers.IsExplicit(key) ? key : "method.name";
                Add(
                    "MM1005",
                    $"{Subject(said)} {Text(said)} needs model.init_from, which is null: there would be nothing trained to build on",
                    $"mm finetune RUN --method {Text("method.name")}, or --set model.init_from=RUN"
                );
                return;
            }
    }

    // Last, when everything else is known to be sound: it may read a file.
    private void ApplyWeights()
    {
        if (Value("model.init_from") is not string place || Value("model.init_sha256") is not "auto")
            return;
        var (name, sha256) =
            _sources.FindWeights?.Invoke(Text("output.path"), place)
            ?? throw new FaultException(
                "MM1005",
                $"{Subject("model.init_from")} {place} is looked up where the run begins, and nobody can here",
                "mm train, or give model.init_sha256 too"
            );
        _layers.Put("model.init_from", name, _layers["model.init_from"].Place);
        Fill("model.init_sha256", sha256, new(Origin.Method, $"weights of {name}"));
    }

    private bool IsPretrained => Text("pretraining.kind") != "none";

    /// <summary>Whether a key of the method changes its loss or objective; keys that belong to neither always count.</summary>
    private bool IsUsed(string key) =>
        KeysOfLosses.Contains(key)
            ? LossCatalogue.Find(Text("method.loss"))!.IsChangedBy(key[MethodSection.Length..])
            : !KeysOfObjectives.Contains(key) || ObjectiveOfRun.IsChangedBy(key[MethodSection.Length..]);

    private ObjectiveDefinition ObjectiveOfRun => ObjectiveCatalogue.Find(Text("method.objective"))!;

    /// <summary>Why slots must not share a batch; null when they may.</summary>
    private string? WholeBatch() => LossCatalogue.Find(Text("method.loss"))!.WholeBatch(Method());

    private bool IsDeferred =>
        Text("method.reweight") == "deferred" || Samplers.IsDeferred(Text("method.sampler"));

    private ResolvedRun Build(Preset preset)
    {
        var trainers = Value("distribution.trainers") as TrainerRange;
        var every = (Interval)Value("checkpoint.every")!;
        var (mean, deviation) = Normalise();
        var kind = Text("imbalance.kind");
        var specification = new RunSpecification
        {
            Seed = (long)Value("seed")!,
            Strict = (bool)Value("strict")!,
            Epochs = Whole("train.epochs"),
            BatchSize = Whole("train.batch_size"),
            DropLast = (bool)Value("train.drop_last")!,
            Slots = Whole("distribution.slots"),
            LocalSteps = Whole("distribution.local_steps"),
            EvaluateEvery = ((Interval)Value("eval.every")!).Count,
            Dataset = new()
            {
                Name = Text("dataset.name"),
                CropPadding = Whole("dataset.augment.crop_padding"),
                Padding =
                    Whole("dataset.augment.crop_padding") > 0
                    && Text("dataset.augment.padding") is var padding and not "zero"
                        ? padding
                        : null,
                Flip = (bool)Value("dataset.augment.flip")!,
                Mean = mean,
                StandardDeviation = deviation,
                ImageSize =
                    IsOwn && Value("dataset.image_size") is long side && side != ImageSize.Usual
                        ? (int)side
                        : null,
                OnBadImage = IsOwn && Text("dataset.on_bad_image") == "skip" ? "skip" : null,
                TrainSplit = IsOwn && Text("dataset.split.train") is var train and not "train" ? train : null,
                TestSplit = IsOwn && Text("dataset.split.test") is var test and not "test" ? test : null,
                ImageColumn = IsOwn ? (string?)Value("dataset.columns.image") : null,
                LabelColumn = IsOwn ? (string?)Value("dataset.columns.label") : null,
            },
            Imbalance = new()
            {
                Kind = kind,
                Ratio = kind is "exp" or "step" ? Number("imbalance.ratio") : 1,
                StepFraction = kind == "step" ? Number("imbalance.step_fraction") : 0.5,
                Counts = (IReadOnlyList<int>?)Value("imbalance.counts"),
                HeldOut = Whole("imbalance.held_out"),
                Seed = (long)Value("imbalance.seed")!,
            },
            Method = Method(),
            Model = new()
            {
                Architecture = Text("model.arch"),
                Head = Text("model.head"),
                InitFrom = Value("model.init_from") is null
                    ? null
                    : new()
                    {
                        Sha256 = Text("model.init_sha256"),
                        FreshClassifier = Text("model.init_classifier") == "fresh",
                    },
                Trains = Text("model.trains") is "all" ? null : Text("model.trains"),
                ShiftBatchNorm = Text("model.trains") is not "all" && (bool)Value("model.shift_batch_norm")!,
            },
            Pretraining = Pretraining(),
            Classifier = Classifier(),
            Optimiser = new()
            {
                LearningRate = Number("optimiser.lr"),
                Momentum = Number("optimiser.momentum"),
                WeightDecay = Number("optimiser.weight_decay"),
                Nesterov = (bool)Value("optimiser.nesterov")!,
                ClipNorm = (double?)Value("optimiser.clip_norm"),
            },
            Schedule = new()
            {
                Kind = Text("schedule.kind"),
                WarmupEpochs = Whole("schedule.warmup_epochs"),
                WarmupFactor = (double?)Value("schedule.warmup_factor"),
                Milestones = (IReadOnlyList<int>)Value("schedule.milestones")!,
                Factor = Number("schedule.factor"),
            },
        };
        IReadOnlyList<KeyOrigin> written = [.. ConfigKeys.All.Where(IsWritten).Select(Line)];
        var settings = new RunSettings
        {
            Name = Text("name"),
            Tags = [.. ((IDictionary<string, string>)Value("tags")!).Select(tag => $"{tag.Key}={tag.Value}")],
            Preset = preset.Name,
            MinTrainers = trainers?.Min ?? 1,
            MaxTrainers = trainers?.Max ?? 0,
            Wait = (TimeSpan)Value("distribution.wait")!,
            Priority = Whole("distribution.priority"),
            DataPath = DataPath(),
            Checkpoints = new()
            {
                EveryEpochs = every.Unit == "epoch" ? every.Count : null,
                EveryRounds = every.Unit == "round" ? every.Count : null,
                EveryTime = every.Unit == "time" ? every.Time : null,
                KeepLast = Whole("checkpoint.keep_last"),
                KeepBest = Whole("checkpoint.keep_best.count"),
                KeepEpoch = (bool)Value("checkpoint.keep_switch")!
                    ? (specification.Pretraining?.Epochs ?? 0)
                        + (
                            IsDeferred
                                ? Whole("method.defer_epoch")
                                : ScaledSchedule.For(Whole("train.epochs")).DeferEpoch
                        )
                    : 0,
                BestMetric = Text("checkpoint.keep_best.metric"),
                BestIsGreatest = Text("checkpoint.keep_best.mode") == "max",
                Place = (string?)Value("checkpoint.path"),
            },
            MaxTime = (TimeSpan?)Value("train.max_time"),
            Groups = Text("eval.groups"),
            CalibrationBins = Whole("eval.calibration_bins"),
            TensorBoard = (bool)Value("telemetry.trackers.tensorboard")!,
            Traces = Text("telemetry.traces"),
            TraceEvery = Whole("telemetry.round_every"),
            PerClassMetrics = (bool)Value("telemetry.per_class_metrics")!,
            InitFrom = (string?)Value("model.init_from"),
            ConfigurationYaml = ConfigurationWriter.WriteWithOrigins(written),
        };
        return new()
        {
            Specification = specification,
            Settings = settings,
            Preset = preset.Name,
            OutputFolder = Text("output.path"),
            Device = Text("distribution.device"),
            Cluster = (string?)Value("distribution.cluster"),
            Trainers = trainers?.Max,
            OtlpEndpoint = Value("telemetry.otlp_endpoint") is string endpoint ? new(endpoint) : null,
            PrometheusPort = TelemetryVariables.Port(_sources.Environment),
            Resume = Text("checkpoint.resume"),
            Written = written,
            Origins = [.. ConfigKeys.All.Select(Line)],
        };
    }

    // Numbers that the loss does not use have one value, so that two runs that train the same have the same specification.
    private MethodSpecification Method()
    {
        var loss = LossCatalogue.Find(Text("method.loss"))!;
        double Own(string key, double otherwise) => IsUsed(key) ? Number(key) : otherwise;
        List<MethodParameter> own = [.. loss.Parameters, .. ObjectiveOfRun.Parameters];
        return new()
        {
            Name = Text("method.name"),
            Loss = loss.Name,
            Scale = Own("method.scale", 1),
            DeltaMinus = Own("method.delta_minus", 0),
            DeltaRatio = Own("method.delta_ratio", 1),
            MmVariant = IsUsed("method.mm_variant") ? Text("method.mm_variant") : "paper",
            MmTie = IsUsed("method.mm_tie") ? Text("method.mm_tie") : "positive",
            MaxMargin = Own("method.max_margin", 0.5),
            Focusing = Own("method.focusing", 1),
            FocalWeights = IsUsed("method.focal_weights") ? Text("method.focal_weights") : "official",
            Tau = Own("method.tau", 1),
            Objective = ObjectiveOfRun == ObjectiveCatalogue.Usual ? null : ObjectiveOfRun.Name,
            Companion = Text("method.companion") is var companion and not "none" ? companion : null,
            MetaInput =
                IsUsed("method.meta_input") && Text("method.meta_input") is var input and not "constant"
                    ? input
                    : null,
            Parameters =
                own.Count == 0
                    ? null
                    : own.Select(p => (p, Value: Number(MethodSection + p.Name)))
                        .Where(given => !given.p.IsLeftOutAtItsValue || given.Value != given.p.Value)
                        .ToDictionary(given => given.p.Name, given => given.Value),
            Reweight = Text("method.reweight"),
            DeferEpoch = IsDeferred ? Whole("method.defer_epoch") : Whole("train.epochs"),
            Weights = Text("method.weights"),
            Beta = Number("method.beta"),
            Reduction = Text("method.reduction"),
            Sampler = Text("method.sampler"),
        };
    }

    private PretrainingSpecification? Pretraining()
    {
        if (!IsPretrained)
            return null;
        var epochs = Whole("pretraining.epochs");
        var scaled = ScaledSchedule.For(epochs);
        return new()
        {
            Kind = Text("pretraining.kind"),
            Epochs = epochs,
            Schedule = new()
            {
                WarmupEpochs = scaled.WarmupEpochs,
                Milestones = scaled.Milestones,
                Factor = Number("schedule.factor"),
            },
        };
    }

    private ComputedClassifierSpecification? Classifier() =>
        Text("classifier.kind") is var kind && kind == "trained"
            ? null
            : new() { Kind = kind, Tau = kind == "ncm" ? null : Number("classifier.tau") };

    private (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) Normalise() =>
        (Normalisation)Value("dataset.normalise")! switch
        {
            { Word: "none" } => ([0, 0, 0], [1, 1, 1]),
            { Word: null } given => (given.Mean, given.Deviation),
            _ when Definition.Shape is { } shape => (shape.Mean, shape.StandardDeviation),
            _ => (OwnImages.Mean, OwnImages.StandardDeviation),
        };

    // A run is read back from other folders than the one that it was begun in, so it records what was meant and not what was typed.
    private void ResolvePath()
    {
        var (value, place) = _layers["dataset.path"];
        if (HereFrom is { } folder && value is string path)
            _layers.Put("dataset.path", Path.GetFullPath(path, folder), place);
    }

    /// <summary>The folder that paths of this machine begin at; null where they are those of a cluster's silos, or resolved already.</summary>
    private string? HereFrom => Value("distribution.cluster") is null ? _sources.WorkingFolder : null;

    // A cluster has a place of its own for data.
    private string? DataPath() =>
        !Definition.HasFiles ? null
        : Value("dataset.path") is string path ? path
        : HereFrom is { } folder
            ? Path.GetFullPath(Path.Combine(_sources.Environment.DataCache, Text("dataset.name")), folder)
        : null;

    /// <summary>Whether run.yaml holds the key: what a kind or loss does not use would read back as a contradiction.</summary>
    private bool IsWritten(ConfigKey key) =>
        key.Path switch
        {
            "imbalance.ratio" => Text("imbalance.kind") is "exp" or "step",
            "imbalance.step_fraction" => Text("imbalance.kind") == "step",
            "imbalance.counts" => Text("imbalance.kind") == "counts",
            "method.defer_epoch" => IsDeferred,
            "pretraining.epochs" => IsPretrained,
            "model.init_sha256" or "model.init_classifier" => Value("model.init_from") is not null,
            "classifier.tau" => Text("classifier.kind") is not ("trained" or "ncm"),
            _ => IsUsed(key.Path),
        };

    private KeyOrigin Line(ConfigKey key)
    {
        var entry = _layers[key.Path];
        return new(key.Path, key.Value.Write(entry.Value), entry.Place.ToString());
    }

    private bool IsOwn => Definition.Shape is null;

    private DatasetDefinition Definition => DatasetCatalogue.Find(Text("dataset.name"));

    private object? Value(string key) => _layers[key].Value;

    private string Text(string key) => (string)Value(key)!;

    private double Number(string key) => (double)Value(key)!;

    private int Whole(string key) => (int)(long)Value(key)!;

    private string Subject(string key) => _layers[key].Place.Subject(key);

    private void Contradict(string key, string other, string fix) =>
        Add(
            "MM1005",
            $"{Subject(key)} {ConfigKeys.Find(key)!.Value.Write(Value(key))} contradicts {other}",
            fix
        );

    private void Add(string code, string message, string fix) =>
        _layers.Problems.Add(new(code, message, fix));

    private void ThrowIfProblems()
    {
        if (_layers.Problems.Count > 0)
            throw new FaultException(_layers.Problems);
    }
}

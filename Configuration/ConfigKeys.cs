using System.Globalization;
using MMOrleans.Configuration.Values;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration;

/// <summary>Every key: file, flags, variables, help, completion and schema all come from this table.</summary>
internal static class ConfigKeys
{
    private const string WithoutReports = "leave it out; mm report writes all of them";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        new("version", "1", new IntegerValue(1, 1) { Example = "1" }, "format of the file"),
        new(
            "name",
            "null",
            new TextValue("letters, digits, - and .", "c10-lt100-mm", "^[A-Za-z0-9.-]{1,64}$")
            {
                Nullable = true,
            },
            "shown in lists; null = the preset's name"
        )
        {
            Flag = "--name",
        },
        new(
            "preset",
            "null",
            new ChoiceValue([.. Presets.Names]) { Noun = "preset", Nullable = true },
            "base values; everything else overrides it; null = tiny, or DATASET-lt-100 when a CIFAR set is named"
        )
        {
            Flag = "--preset",
        },
        new("tags", "{}", new TagsValue(), "free labels"),
        new(
            "seed",
            "1",
            new IntegerValue(0, long.MaxValue) { Example = "1" },
            "one seed; initialisation, order and augmentation derive from it"
        )
        {
            Flag = "--seed",
        },
        new("strict", "true", new BooleanValue(), "bitwise reproducible"),
        new(
            "dataset.name",
            "synthetic",
            new ChoiceValue([.. DatasetCatalogue.Names]) { Noun = "data set" },
            "which images: a published set, or the format of one's own"
        )
        {
            Flag = "--dataset",
        },
        new(
            "dataset.path",
            "null",
            new TextValue("a folder or archive on this machine", "./data", "^(?![A-Za-z0-9]+://)")
            {
                Nullable = true,
            },
            "folder or archive; null = data cache"
        )
        {
            Flag = "--data-dir",
        },
        new(
            "dataset.download",
            "false",
            new OnlyValue(new BooleanValue(), false),
            "fetch by itself; not in this version: mm data fetch NAME"
        ),
        new(
            "dataset.verify",
            "true",
            new OnlyValue(new BooleanValue(), true),
            "sizes, labels, and checksums where they are known, before use; always, as it costs nothing"
        ),
        new(
            "dataset.split.train",
            "train",
            Name("train"),
            "name of the training split in the folder's files or folders"
        ),
        new(
            "dataset.split.test",
            "test",
            Name("validation"),
            "name of the test split in the folder's files or folders"
        ),
        new(
            "dataset.columns.image",
            "null",
            new TextValue("a column's name", "picture") { Nullable = true },
            "column with the images (Parquet) or their paths (train.csv); null = found by its usual names"
        ),
        new(
            "dataset.columns.label",
            "null",
            new TextValue("a column's name", "fine_label") { Nullable = true },
            "column with the classes (Parquet, train.csv); null = found by its usual names"
        ),
        new(
            "dataset.on_bad_image",
            "fail",
            new ChoiceValue("fail", "skip"),
            "what an unreadable image of one's own does; those left out are counted and named"
        ),
        new(
            "dataset.image_size",
            "null",
            new IntegerValue(1, ImageSize.Most) { Example = "32", Nullable = true },
            "pixels across and down that images of one's own are scaled to; null = 32"
        ),
        new(
            "dataset.normalise",
            "dataset",
            new NormalisationValue(),
            "dataset | none | {mean: [r, g, b], std: [r, g, b]}"
        ),
        new(
            "dataset.augment.crop_padding",
            "4",
            new IntegerValue(0, 32) { Example = "4" },
            "black pixels on every side before the random crop; 0 = no crop"
        ),
        new(
            "dataset.augment.padding",
            "zero",
            new ChoiceValue("zero", Augmentation.Reflect),
            "what is added before the crop: black pixels, or the image reflected at its edges"
        ),
        new("dataset.augment.flip", "true", new BooleanValue(), "flip left-right half of the time"),
        new(
            "dataset.loaders",
            "auto",
            new OnlyValue(new TextValue("auto", "auto"), "auto"),
            "decoding threads per trainer"
        ),
        new(
            "imbalance.kind",
            "exp",
            new ChoiceValue("exp", "step", "none", "counts"),
            "shape of the class counts"
        )
        {
            Flag = "--imbalance",
        },
        new("imbalance.ratio", "100", new RatioValue(), "largest : smallest class, 1 or more")
        {
            Flag = "--ratio",
        },
        new(
            "imbalance.step_fraction",
            "0.5",
            new NumberValue(0, 1)
            {
                Example = "0.5",
                AboveMin = true,
                BelowMax = true,
            },
            "step only: share of classes that are minor"
        ),
        new(
            "imbalance.counts",
            "null",
            new ListValue(1) { Example = "[500, 100, 20]", Nullable = true },
            "counts only: one number per class"
        ),
        new(
            "imbalance.held_out",
            "0",
            new IntegerValue(0, 1_000_000) { Example = "10" },
            "training images of each class taken out before the imbalance, which no training draw sees"
        ),
        new(
            "imbalance.seed",
            "0",
            new IntegerValue(0, uint.MaxValue) { Example = "0" },
            "which images are kept; apart from seed, so that methods share one subset"
        ),
        new(
            "method.name",
            "mm-drw",
            new ChoiceValue([.. MethodCatalogue.All.Concat(MethodCatalogue.SecondStage).Select(m => m.Name)])
            {
                Noun = "method",
            },
            "a named method fills the keys below; each can be overridden"
        )
        {
            Flag = "--method",
        },
        new(
            "method.loss",
            "auto",
            new ChoiceValue([.. LossCatalogue.Names]) { Noun = "loss", Auto = true },
            "auto = the method's"
        ),
        new(
            "method.scale",
            "auto",
            new NumberValue(0)
            {
                Example = "30",
                AboveMin = true,
                Auto = true,
            },
            "logit scale s; auto = published"
        ),
        new(
            "method.delta_minus",
            "auto",
            new NumberValue(0)
            {
                Example = "0.6",
                AboveMin = true,
                Auto = true,
            },
            "mm, mm-ldam: hard negative margin; auto = published for this data and imbalance"
        ),
        new(
            "method.delta_ratio",
            "auto",
            new NumberValue(0)
            {
                Example = "1.5",
                AboveMin = true,
                Auto = true,
            },
            "mm, mm-ldam: delta_plus = delta_ratio x delta_minus"
        ),
        new(
            "method.mm_variant",
            "paper",
            new ChoiceValue("paper", "official"),
            "mm, mm-ldam: official = as the authors' code computes it; one slot only"
        ),
        new(
            "method.mm_tie",
            "positive",
            new ChoiceValue("positive", "none"),
            "mm, mm-ldam: a gap of exactly 0 is a correct row, or has no margin as in the authors' code"
        ),
        new(
            "method.max_margin",
            "0.5",
            new NumberValue(0) { Example = "0.5", AboveMin = true },
            "ldam, ldam-hinge: margin of the rarest class; hinge, uniform-margin: of every class"
        ),
        new("method.focusing", "1", new NumberValue(0) { Example = "1" },
            "focal, cb-focal: gamma; 0 = no fading"),
        new(
            "method.focal_weights",
            "official",
            new ChoiceValue("official", "standard"),
            "focal: class weights inside the modulating factor, or as a factor of the row"
        ),
        new("method.tau", "1", new NumberValue(0) { Example = "1" }, "logit-adjustment, vs: tau"),
        .. LossCatalogue.All.SelectMany(loss =>
            loss.Parameters.Select(parameter => Own(loss.Name, parameter))
        ),
        new(
            "method.objective",
            "auto",
            new ChoiceValue([.. ObjectiveCatalogue.Names]) { Noun = "objective", Auto = true },
            "what a step makes of its images; auto = the method's"
        ),
        new(
            "method.companion",
            "auto",
            new ChoiceValue(["none", .. CompanionSamplers.Names]) { Noun = "companion", Auto = true },
            "where every step's second batch comes from; auto = the method's"
        ),
        new(
            "method.meta_input",
            "constant",
            new ChoiceValue("constant", "differentiated"),
            "meta-weights: whether the virtual step's gradient runs through what the weighting net is told"
        ),
        .. ObjectiveCatalogue.All.SelectMany(objective =>
            objective.Parameters.Select(parameter => Own(objective.Name, parameter))
        ),
        new(
            "method.reweight",
            "auto",
            new ChoiceValue("none", "balanced", "deferred") { Auto = true },
            "class weights: never, always, or from defer_epoch on; auto = the method's"
        ),
        new(
            "method.defer_epoch",
            "auto",
            new IntegerValue(0, 1_000_000) { Example = "160", Auto = true },
            "the DRW switch: first re-weighted or re-sampled epoch, from 0; auto = 160 of 200, scaled"
        ),
        new(
            "method.weights",
            "auto",
            new ChoiceValue("effective-number", "inverse-frequency") { Auto = true },
            "how counts become weights; auto = the method's, mostly effective-number"
        ),
        new(
            "method.reduction",
            "auto",
            new ChoiceValue("weighted-mean", "mean") { Auto = true },
            "a batch's sum is divided by its weights, or by its rows; auto = the method's"
        ),
        new(
            "method.beta",
            "0.9999",
            new NumberValue(0, 1) { Example = "0.9999", BelowMax = true },
            "effective-number base"
        ),
        new(
            "method.sampler",
            "auto",
            new ChoiceValue([.. Samplers.Names]) { Noun = "sampler", Auto = true },
            "order and repetition of images; deferred-… begins at defer_epoch; auto = the method's"
        ),
        new(
            "model.arch",
            "resnet32",
            new ChoiceValue("resnet8", "resnet20", "resnet32", "resnet44", "resnet56")
            {
                Noun = "model",
                Later = ["resnet10", "resnet18", "resnet50"],
            },
            "network"
        )
        {
            Flag = "--model",
        },
        new(
            "model.head",
            "auto",
            new ChoiceValue([.. Heads.Names]) { Auto = true },
            "classifier; auto = the method's"
        ),
        new(
            "model.init_from",
            "null",
            new TextValue("a run, RUN@CHECKPOINT or a path", "latest@epoch-160") { Nullable = true },
            "weights to begin with: a run, RUN@CHECKPOINT, a checkpoint's folder or a model file; null = the seed's"
        ),
        new(
            "model.init_sha256",
            "auto",
            new TextValue("64 hexadecimal digits", new string('0', 64), "^[0-9a-f]{64}$") { Auto = true },
            "hash of these weights, a part of the specification; auto = of those that init_from names"
        ),
        new(
            "model.init_classifier",
            "auto",
            new ChoiceValue("kept", "fresh") { Auto = true },
            "with init_from: the classifier is taken where it fits, or begins anew; auto = the method's"
        ),
        new(
            "model.trains",
            "auto",
            new ChoiceValue([.. TrainedParts.Names]) { Auto = true },
            "what the optimiser touches; auto = the method's"
        ),
        new(
            "model.shift_batch_norm",
            "false",
            new BooleanValue(),
            "a backbone that is not trained normalises by the batch all the same, and its statistics drift"
        ),
        new(
            "classifier.kind",
            "auto",
            new ChoiceValue("trained", "tau-norm", "ncm", "logit-adjustment") { Auto = true },
            "trained, or computed once from init_from; auto = the method's"
        ),
        new(
            "classifier.tau",
            "auto",
            new NumberValue(0) { Example = "0.7", Auto = true },
            "tau-norm, logit-adjustment: tau; choose it on held-out training images, not on the test set; auto = 0.7, 1"
        ),
        new(
            "pretraining.kind",
            "auto",
            new ChoiceValue("none", "rotation") { Auto = true },
            "a first stage of the run; rotation = tell turned images, labels ignored; auto = the method's"
        ),
        new(
            "pretraining.epochs",
            "auto",
            new IntegerValue(1, 100_000) { Example = "200", Auto = true },
            "its passes over the training images, before train.epochs; auto = as many as those"
        ),
        new(
            "train.epochs",
            "200",
            new IntegerValue(1, 100_000) { Example = "200" },
            "passes over the training images"
        )
        {
            Flag = "--epochs",
        },
        new(
            "train.batch_size",
            "128",
            new IntegerValue(1, 1_000_000) { Example = "128" },
            "global; split over slots, never changed by the number of trainers"
        )
        {
            Flag = "--batch-size",
        },
        new(
            "train.drop_last",
            "false",
            new BooleanValue(),
            "leave out an epoch's last images where they fill no batch; true for methods published so"
        ),
        new(
            "train.micro_batch",
            "null",
            new NothingValue("more slots (--slots 8) make a slot's batch smaller"),
            "images at a time within a slot"
        ),
        new("train.precision", "fp32", new ChoiceValue("fp32") { Later = ["bf16"] }, "arithmetic"),
        new(
            "train.max_time",
            "null",
            new DurationValue { Example = "2h", Nullable = true },
            "checkpoint and stop after this long"
        )
        {
            Flag = "--max-time",
        },
        new("optimiser.kind", "sgd", new ChoiceValue("sgd"), "stochastic gradient descent"),
        new(
            "optimiser.lr",
            "0.1",
            new NumberValue(0) { Example = "0.1", AboveMin = true },
            "base learning rate"
        )
        {
            Flag = "--lr",
        },
        new(
            "optimiser.momentum",
            "0.9",
            new NumberValue(0, 1) { Example = "0.9", BelowMax = true },
            "momentum"
        ),
        new(
            "optimiser.weight_decay",
            "0.0002",
            new NumberValue(0) { Example = "0.0002" },
            "on all parameters"
        ),
        new("optimiser.nesterov", "false", new BooleanValue(), "Nesterov's look-ahead"),
        new(
            "optimiser.clip_norm",
            "null",
            new NumberValue(0)
            {
                Example = "5",
                AboveMin = true,
                Nullable = true,
            },
            "largest norm of the averaged gradient"
        ),
        new(
            "schedule.kind",
            "step",
            new ChoiceValue("step", "cosine", "constant"),
            "learning rate after the warm-up"
        ),
        new(
            "schedule.warmup_epochs",
            "auto",
            new IntegerValue(0, 1_000_000) { Example = "5", Auto = true },
            "linear warm-up; auto = 5 of 200, scaled"
        ),
        new(
            "schedule.warmup_factor",
            "null",
            new NumberValue(0, 1) { Example = "0.25", Nullable = true },
            "share of the rate that the warm-up begins at; null = 1 / warmup_epochs, a step an epoch"
        ),
        new(
            "schedule.milestones",
            "auto",
            new ListValue(0)
            {
                Ascending = true,
                Example = "[160, 180]",
                Auto = true,
            },
            "epochs of the drops; auto = [160, 180] of 200, scaled"
        ),
        new(
            "schedule.factor",
            "0.01",
            new NumberValue(0, 1) { Example = "0.01", AboveMin = true },
            "at each milestone"
        ),
        new(
            "schedule.time",
            "epoch",
            new ChoiceValue("epoch") { Later = ["step"] },
            "when the rate may change"
        ),
        new(
            "distribution.cluster",
            "null",
            new ClusterValue { Nullable = true },
            "null or none = in this process"
        ),
        new(
            "distribution.slots",
            "auto",
            new IntegerValue(1, 1024) { Example = "4", Auto = true },
            "V, the logical replicas; auto = 4 everywhere. Part of the result"
        )
        {
            Flag = "--slots",
        },
        new(
            "distribution.local_steps",
            "1",
            new IntegerValue(1, 100_000) { Example = "1" },
            "H, steps between averages. Part of the result"
        ),
        new(
            "distribution.trainers",
            "auto",
            new TrainersValue { Auto = true },
            "number, or {min: 2, max: 8}; no part of the result"
        )
        {
            Flag = "--trainers",
        },
        new(
            "distribution.device",
            "auto",
            new ChoiceValue("cpu", "cuda") { Auto = true },
            "auto = cuda where there is one"
        )
        {
            Flag = "--device",
        },
        new("distribution.wait", "60s", new DurationValue { Example = "60s" }, "for enough trainers")
        {
            Flag = "--wait",
        },
        new(
            "distribution.priority",
            "0",
            new IntegerValue(-1000, 1000) { Example = "0" },
            "among queued runs; the highest is first"
        ),
        new(
            "checkpoint.path",
            "null",
            new TextValue(
                "s3://BUCKET/PREFIX, with a bucket of 3 to 63 lower-case letters, digits, '-' and '.'",
                "s3://my-bucket/runs",
                @"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?$"
            )
            {
                Nullable = true,
            },
            "null = run folder; s3://bucket/prefix keeps them there too, before they count"
        ),
        new("checkpoint.every", "1 epoch", new IntervalValue(false), "'1 epoch', '500 rounds' or '10 min'"),
        new("checkpoint.keep_last", "3", new IntegerValue(1, 100_000) { Example = "3" }, "newest kept"),
        new(
            "checkpoint.keep_switch",
            "true",
            new BooleanValue(),
            "keep the one before the deferred phase, or where it would be; runs that differ only after it can fork there"
        ),
        new(
            "checkpoint.keep_best.metric",
            "accuracy",
            new ChoiceValue([.. MetricTable.CanBeBest.Select(metric => metric.Name)]),
            "column of metrics.csv"
        ),
        new("checkpoint.keep_best.mode", "max", new ChoiceValue("max", "min"), "which value is best"),
        new(
            "checkpoint.keep_best.count",
            "1",
            new IntegerValue(0, 100_000) { Example = "1" },
            "best kept beside the newest; 0 = none"
        ),
        new(
            "checkpoint.resume",
            "auto",
            new ChoiceValue("auto", "never"),
            "auto = a local run of the same name and numbers that was interrupted goes on"
        )
        {
            Flag = "--resume",
        },
        new(
            "eval.every",
            "1 epoch",
            new IntervalValue(true),
            "test images after so many epochs, and after the last"
        ),
        new(
            "eval.groups",
            "auto",
            new ShotGroupsValue { Auto = true },
            "auto | thirds | {many: 100, few: 20}"
        ),
        new(
            "eval.calibration_bins",
            "15",
            new IntegerValue(1, 1000) { Example = "15" },
            "bins of confidence that ece and the reliability diagram are measured in"
        ),
        new(
            "eval.early_stop",
            "null",
            new NothingValue("leave it out; --max-time limits a run"),
            "stop when a metric rests"
        ),
        new("report.formats", "null", new NothingValue(WithoutReports), "which files mm report writes"),
        new(
            "report.embeddings",
            "false",
            new OnlyValue(new BooleanValue(), false),
            "embeddings are not in this version"
        ),
        new(
            "telemetry.otlp_endpoint",
            "null",
            new TextValue("an http or https address", "http://localhost:4317", "^https?://[^ ]+$")
            {
                Nullable = true,
            },
            "OTEL_EXPORTER_OTLP_ENDPOINT wins"
        ),
        new(
            "telemetry.traces",
            "sampled",
            new ChoiceValue("none", "sampled", "all"),
            "which rounds become spans"
        ),
        new(
            "telemetry.round_every",
            "50",
            new IntegerValue(1, 1_000_000) { Example = "50" },
            "sampled: first round of an epoch and every 50th, plus slow and failed ones"
        ),
        new(
            "telemetry.per_class_metrics",
            "false",
            new BooleanValue(),
            "a gauge for every class's test error, 100 at most"
        ),
        new("telemetry.trackers.tensorboard", "true", new BooleanValue(), "write TensorBoard files"),
        new(
            "telemetry.trackers.mlflow",
            "null",
            new NothingValue("leave it out; metrics.csv and TensorBoard files can be imported"),
            "tracker address"
        ),
        new(
            "telemetry.trackers.csv",
            "true",
            new OnlyValue(new BooleanValue(), true),
            "metrics.csv is always written"
        ),
        new("output.path", "./runs", new TextValue("a folder", "./runs"), "folder of all runs")
        {
            Flag = "--output",
        },
        new(
            "output.ui",
            "none",
            new ChoiceValue("none"),
            "web page; --ui serves it while this process trains"
        ),
    ];

    // Becomes part of a path below the data set's folder.
    private static TextValue Name(string example) =>
        new("a name of letters, digits, '-', '_' and '.'", example, "^[A-Za-z0-9][A-Za-z0-9._-]*$");

    private static ConfigKey Own(string owner, MethodParameter parameter)
    {
        var value = parameter.Value.ToString("R", CultureInfo.InvariantCulture);
        return new(
            $"method.{parameter.Name}",
            value,
            new NumberValue(parameter.Least, parameter.Most) { Example = value },
            $"{owner}: {parameter.Words}"
        );
    }

    private static readonly Dictionary<string, ConfigKey> ByPath = All.ToDictionary(key => key.Path);

    private static readonly HashSet<string> SectionNames = [.. All.SelectMany(key => Parents(key.Path))];

    /// <summary>Null when there is no such key.</summary>
    public static ConfigKey? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>Whether keys lie below that path.</summary>
    public static bool IsSection(string path) => SectionNames.Contains(path);

    /// <summary>Names of keys and sections directly below a section.</summary>
    public static IEnumerable<string> Below(string section) =>
        All.Select(key => key.Path)
            .Where(path => section.Length == 0 || path.StartsWith(section + ".", StringComparison.Ordinal))
            .Select(path => path[(section.Length == 0 ? 0 : section.Length + 1)..].Split('.')[0])
            .Distinct();

    private static IEnumerable<string> Parents(string path)
    {
        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
            yield return path[..dot];
    }
}

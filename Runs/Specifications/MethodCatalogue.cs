namespace MMOrleans.Runs.Specifications;

/// <summary>What a method's name stands for.</summary>
/// <param name="Name">As users type it.</param>
/// <param name="Loss">The loss's name.</param>
/// <param name="Head">Classifier: <c>plain</c>, <c>normalised</c> or one of the others of <c>model.head</c>.</param>
/// <param name="Reweight">Whether class weights are in force.</param>
/// <param name="Sampler">Order and repetition of images.</param>
public sealed record MethodComposition(
    string Name,
    string Loss,
    string Head = "plain",
    Reweighting Reweight = Reweighting.None,
    string Sampler = "uniform"
)
{
    /// <summary>How counts become class weights.</summary>
    public ClassWeighting Weights { get; init; }

    /// <summary>What a batch's sum is divided by.</summary>
    public LossReduction Reduction { get; init; }

    /// <summary>What a slot makes of its images in a step.</summary>
    public string Objective { get; init; } = "supervised";

    /// <summary>Where every step's second batch comes from; <c>none</c> where there is none.</summary>
    public string Companion { get; init; } = "none";

    /// <summary>Where the learning rate drops, and drops again, in hundredths of the run.</summary>
    public (int First, int Second) Drops { get; init; } = (80, 90);

    /// <summary>
    /// Other keys of a run in which the method's published training differs, with their values as they are typed; a preset and
    /// everything that a person says are stronger.
    /// </summary>
    public IReadOnlyDictionary<string, string> Recipe { get; init; } = new Dictionary<string, string>();

    /// <summary>What comes before the method as a stage of its own: <c>none</c> or <c>rotation</c>.</summary>
    public string Pretraining { get; init; } = "none";

    /// <summary>What the optimiser touches: <c>all</c>, <c>classifier</c> or <c>scales</c>.</summary>
    public string Trains { get; init; } = "all";

    /// <summary>Whether the classifier begins anew although the first stage's would fit.</summary>
    public bool FreshClassifier { get; init; }

    /// <summary>How the classifier is computed, where it is not <c>trained</c>.</summary>
    public string Classifier { get; init; } = "trained";

    /// <summary>τ where a classifier is computed with one.</summary>
    public double ClassifierTau { get; init; }

    /// <summary>Whether it is a row of the published table.</summary>
    public bool IsOfTable1 { get; init; }
}

/// <summary>The methods by name: one line each.</summary>
public static class MethodCatalogue
{
    /// <summary>The rows of the published table, in its order.</summary>
    public static IReadOnlyList<MethodComposition> Table1 { get; } =
    [
        .. new MethodComposition[]
        {
            new("erm", "ce"),
            new("focal", "focal"),
            new("ldam", "ldam", "normalised"),
            new("mm", "mm", "normalised"),
            new("cb-rs", "ce", Sampler: "balanced"),
            new("cb-rw", "ce", Reweight: Reweighting.Balanced),
            new("cb-focal", "cb-focal", "sigmoid", Reweighting.Balanced) { Reduction = LossReduction.Mean },
            new("hg-drs", "hinge", "normalised", Sampler: "deferred-balanced"),
            new("ldam-hg-drs", "ldam-hinge", "normalised", Sampler: "deferred-balanced"),
            new("m-drw", "uniform-margin", "normalised", Reweighting.Deferred),
            new("ldam-drw", "ldam", "normalised", Reweighting.Deferred),
            new("ldam-drw-ssp", "ldam", "normalised", Reweighting.Deferred) { Pretraining = "rotation" },
            new("mm-drw", "mm", "normalised", Reweighting.Deferred),
            new("mm-ldam-drw", "mm-ldam", "normalised", Reweighting.Deferred),
        }.Select(method => method with { IsOfTable1 = true }),
    ];

    /// <summary>Those that can be trained, the rows of the published table first.</summary>
    public static IReadOnlyList<MethodComposition> All { get; } =
    [
        .. Table1,
        new("mm-ldam", "mm-ldam", "normalised"),
        new("ce-drw", "ce", Reweight: Reweighting.Deferred),
        new("ce-drs", "ce", Sampler: "deferred-balanced"),
        new("inverse-frequency", "ce", Reweight: Reweighting.Balanced)
        {
            Weights = ClassWeighting.InverseFrequency,
        },
        new("over-sampling", "ce", Sampler: "over"),
        new("under-sampling", "ce", Sampler: "under"),
        new("class-balanced-sampling", "ce", Sampler: "inverse"),
        new("square-root-sampling", "ce", Sampler: "square-root"),
        new("progressively-balanced-sampling", "ce", Sampler: "progressive"),
        new("class-aware-sampling", "ce", Sampler: "class-aware"),
        new("reversed-sampling", "ce", Sampler: "reversed"),
        new("balanced-softmax", "balanced-softmax"),
        new("logit-adjustment", "logit-adjustment"),
        new("vs", "vs"),
        new("lade", "lade"),
        new("label-aware-smoothing", "label-aware-smoothing"),
        new("influence-balanced", "influence-balanced"),
        new("l-softmax", "l-softmax", "unbiased"),
        new("poly", "poly"),
        new("gcl", "gcl", "normalised"),
        new("bbn", "ce", "bilateral")
        {
            Objective = "bilateral",
            Companion = "reversed",
            Drops = (60, 80),
            Recipe = new Dictionary<string, string>
            {
                ["train.drop_last"] = "true",
                ["optimiser.nesterov"] = "true",
                ["schedule.warmup_factor"] = "0.3333333333333333",
            },
        },
        new("meta-weight-net", "ce")
        {
            Objective = "meta-weights",
            Companion = "held-out",
            Drops = (79, 89),
            Recipe = new Dictionary<string, string>
            {
                ["imbalance.held_out"] = "10",
                ["train.epochs"] = "100",
                ["train.batch_size"] = "100",
                ["optimiser.nesterov"] = "true",
                ["optimiser.weight_decay"] = "0.0005",
                ["schedule.warmup_epochs"] = "0",
                ["schedule.factor"] = "0.1",
            },
        },
    ];

    /// <summary>Those that begin with another run's weights: the second stage of decoupled training.</summary>
    /// <remarks>Kang et al., ICLR 2020; logit adjustment after training: Menon et al., ICLR 2021;
    /// Balanced Meta-Softmax: Ren et al., NeurIPS 2020.</remarks>
    public static IReadOnlyList<MethodComposition> SecondStage { get; } =
    [
        new("crt", "ce", Sampler: "inverse") { Trains = "classifier", FreshClassifier = true },
        new("lws", "ce", "scaled", Sampler: "inverse") { Trains = "scales" },
        new("balanced-meta-softmax", "balanced-softmax", Sampler: "class-aware")
        {
            Objective = "meta-sampler",
            Companion = "inverse",
            Trains = "classifier",
        },
        new("tau-norm", "ce", "unbiased") { Classifier = "tau-norm", ClassifierTau = 0.7 },
        new("ncm", "ce", "ncm-cl2n-l2") { Classifier = "ncm" },
        new("post-hoc-logit-adjustment", "ce") { Classifier = "logit-adjustment", ClassifierTau = 1 },
    ];

    /// <summary>Null when there is no such method.</summary>
    public static MethodComposition? Find(string name) =>
        All.Concat(SecondStage).FirstOrDefault(method => method.Name == name);
}

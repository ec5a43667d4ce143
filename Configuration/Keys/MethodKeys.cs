using System.Globalization;
using MMOrleans.Configuration.Values;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>method</c>: loss, objective, class weights and sampler, with the numbers of each loss and objective.</summary>
internal static class MethodKeys
{
    private const string Section = "method.";

    private static readonly HashSet<string> OfLosses =
    [
        .. LossCatalogue.All.SelectMany(loss => loss.Uses.Concat(loss.Parameters.Select(p => p.Name))),
    ];

    private static readonly HashSet<string> OfObjectives =
    [
        .. ObjectiveCatalogue.All.SelectMany(o => o.Uses.Concat(o.Parameters.Select(p => p.Name))),
    ];

    public static IReadOnlyList<Key> All { get; } =
    [
        .. (
            (Key[])
                [
                    Key.Specification(
                        "method.name",
                        s => s.Method.Name,
                        "a named method fills the keys below; each can be overridden",
                        new ChoiceValue([
                            .. MethodCatalogue.All.Concat(MethodCatalogue.SecondStage).Select(m => m.Name),
                        ])
                        {
                            Noun = "method",
                        },
                        builtIn: "mm-drw"
                    ) with
                    {
                        Flag = "--method",
                    },
                    Key.Specification(
                        "method.loss",
                        s => s.Method.Loss,
                        "auto = the method's",
                        new ChoiceValue([.. LossCatalogue.Names]) { Noun = "loss", Auto = true }
                    ) with
                    {
                        FromMethod = method => method.Loss,
                    },
                    Key.Specification(
                        "method.scale",
                        s => s.Method.Scale,
                        "logit scale s; auto = published",
                        auto: true,
                        example: "30"
                    ),
                    Key.Specification(
                        "method.delta_minus",
                        s => s.Method.DeltaMinus,
                        "mm, mm-ldam: hard negative margin; auto = published for this data and imbalance",
                        // 0 is in the record of a run whose loss has no such margin.
                        new NumberValue(0)
                        {
                            AboveMin = true,
                            Auto = true,
                            Example = "0.6",
                        }
                    ),
                    Key.Specification(
                        "method.delta_ratio",
                        s => s.Method.DeltaRatio,
                        "mm, mm-ldam: delta_plus = delta_ratio x delta_minus",
                        auto: true,
                        example: "1.5"
                    ),
                    Key.Specification(
                        "method.mm_variant",
                        s => s.Method.MmVariant,
                        "mm, mm-ldam: official = as the authors' code computes it; one slot only"
                    ),
                    Key.Specification(
                        "method.mm_tie",
                        s => s.Method.MmTie,
                        "mm, mm-ldam: a gap of exactly 0 is a correct row, or has no margin as in the authors' code"
                    ),
                    Key.Specification(
                        "method.max_margin",
                        s => s.Method.MaxMargin,
                        "ldam, ldam-hinge: margin of the rarest class; hinge, uniform-margin: of every class"
                    ),
                    Key.Specification(
                        "method.focusing",
                        s => s.Method.Focusing,
                        "focal, cb-focal: gamma; 0 = no fading"
                    ),
                    Key.Specification(
                        "method.focal_weights",
                        s => s.Method.FocalWeights,
                        "focal: class weights inside the modulating factor, or as a factor of the row"
                    ),
                    Key.Specification("method.tau", s => s.Method.Tau, "logit-adjustment, vs: tau"),
                    .. LossCatalogue.All.SelectMany(loss =>
                        loss.Parameters.Select(p => Number(loss.Name, p))
                    ),
                    Key.Specification(
                        "method.objective",
                        s => s.Method.Objective,
                        "what a step makes of its images; auto = the method's",
                        new ChoiceValue([.. ObjectiveCatalogue.Names]) { Noun = "objective", Auto = true },
                        absent: ObjectiveCatalogue.Usual.Name
                    ) with
                    {
                        FromMethod = method => method.Objective,
                    },
                    Key.Specification(
                        "method.companion",
                        s => s.Method.Companion,
                        "where every step's second batch comes from; auto = the method's",
                        new ChoiceValue(["none", .. CompanionSamplers.Names])
                        {
                            Noun = "companion",
                            Auto = true,
                        },
                        absent: "none"
                    ) with
                    {
                        FromMethod = method => method.Companion,
                    },
                    Key.Specification(
                        "method.meta_input",
                        s => s.Method.MetaInput,
                        "meta-weights: whether the virtual step's gradient runs through what the weighting net is told",
                        new ChoiceValue("constant", "differentiated"),
                        absent: "constant"
                    ),
                    .. ObjectiveCatalogue.All.SelectMany(objective =>
                        objective.Parameters.Select(p => Number(objective.Name, p))
                    ),
                    Key.Specification(
                        "method.reweight",
                        s => s.Method.Reweight,
                        "class weights: never, always, or from defer_epoch on; auto = the method's",
                        auto: true
                    ) with
                    {
                        FromMethod = method => method.Reweight,
                    },
                    Key.Specification(
                        "method.defer_epoch",
                        s => s.Method.DeferEpoch,
                        "the DRW switch: first re-weighted or re-sampled epoch, from 0; auto = 160 of 200, scaled",
                        auto: true,
                        example: "160"
                    ) with
                    {
                        UsedWhen = new(
                            run => run.IsDeferred,
                            run =>
                                $"method.reweight {run.Text("method.reweight")} and method.sampler {run.Text("method.sampler")}",
                            "drop method.defer_epoch, or set method.reweight=deferred"
                        ),
                    },
                    Key.Specification(
                        "method.weights",
                        s => s.Method.Weights,
                        "how counts become weights; auto = the method's, mostly effective-number",
                        auto: true
                    ) with
                    {
                        FromMethod = method => method.Weights,
                    },
                    Key.Specification(
                        "method.reduction",
                        s => s.Method.Reduction,
                        "a batch's sum is divided by its weights, or by its rows; auto = the method's",
                        auto: true
                    ) with
                    {
                        FromMethod = method => method.Reduction,
                    },
                    Key.Specification("method.beta", s => s.Method.Beta, "effective-number base"),
                    Key.Specification(
                        "method.sampler",
                        s => s.Method.Sampler,
                        "order and repetition of images; deferred-… begins at defer_epoch; auto = the method's",
                        new ChoiceValue([.. Samplers.Names]) { Noun = "sampler", Auto = true }
                    ) with
                    {
                        FromMethod = method => method.Sampler,
                    },
                ]
        ).Select(Owned),
    ];

    public static IEnumerable<Fault> Against(Resolution run)
    {
        if (
            run.IsDeferred
            && run.IsExplicit("method.defer_epoch")
            && run.Whole("method.defer_epoch") >= run.Whole("train.epochs")
        )
            yield return new(
                "MM1008",
                $"{run.Subject("method.defer_epoch")} {run["method.defer_epoch"]} is not below train.epochs {run.Whole("train.epochs")}: the deferred phase would never begin",
                "--set method.defer_epoch=auto"
            );
        if (run.Loss.Head is { } head && run.Text("model.head") != head)
            yield return run.Contradiction(
                "model.head",
                $"method.loss {run.Loss.Name}, which needs {head}",
                $"--set model.head={head}"
            );
        if (run.Whole("distribution.slots") > 1 && run.WholeBatch() is { } why)
            yield return new(
                "MM1005",
                $"method.loss {run.Loss.Name} and {run.Subject("distribution.slots")} {run.Whole("distribution.slots")} exclude each other: {why}, so sharing the batch would change the result",
                "--slots 1"
            );
    }

    // A number that its loss or objective does not take has the record's own value, so that two runs that train the same have the same
    // specification.
    private static Key Owned(Key key)
    {
        var name = key.Path[Section.Length..];
        if (OfLosses.Contains(name))
            return key with
            {
                IsPieceOfMethod = true,
                UsedWhen = new(
                    run => run.Loss.IsChangedBy(name),
                    run => $"method.loss {run.Loss.Name}, which does not use it",
                    $"drop {key.Path}, or choose a loss that has it"
                ),
            };
        return OfObjectives.Contains(name)
            ? key with
            {
                IsPieceOfMethod = true,
                UsedWhen = new(
                    run => run.Objective.IsChangedBy(name),
                    run => $"method.objective {run.Objective.Name}, which does not use it",
                    $"drop {key.Path}, or choose an objective that has it"
                ),
            }
            : key with
            {
                IsPieceOfMethod = key.FromMethod is not null,
            };
    }

    private static Key Number(string owner, MethodParameter parameter) =>
        Key.Writing(
            Section + parameter.Name,
            parameter.Value.ToString("R", CultureInfo.InvariantCulture),
            new NumberValue(parameter.Least, parameter.Most),
            $"{owner}: {parameter.Words}",
            (run, value, _) =>
                parameter.IsLeftOutAtItsValue && Equals(value, parameter.Value)
                    ? run
                    : run with
                    {
                        Specification = run.Specification with
                        {
                            Method = run.Specification.Method with
                            {
                                Parameters = new Dictionary<string, double>(
                                    run.Specification.Method.Parameters ?? new Dictionary<string, double>()
                                )
                                {
                                    [parameter.Name] = (double)value!,
                                },
                            },
                        },
                    }
        );
}

using MMOrleans.Configuration.Values;
using MMOrleans.Learning.Models;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>model</c>: the network, its classifier, and the weights that it begins with.</summary>
internal static class ModelKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Specification(
            "model.arch",
            s => s.Model.Architecture,
            "network",
            new ChoiceValue("resnet8", "resnet20", "resnet32", "resnet44", "resnet56")
            {
                Noun = "model",
                Later = ["resnet10", "resnet18", "resnet50"],
            },
            builtIn: "resnet32"
        ) with
        {
            Flag = "--model",
        },
        Key.Specification(
            "model.head",
            s => s.Model.Head,
            "classifier; auto = the method's",
            new ChoiceValue([.. Heads.Names]) { Auto = true }
        ) with
        {
            FromMethod = method => method.Head,
            IsPieceOfMethod = true,
        },
        Key.Setting(
            "model.init_from",
            s => s.InitFrom,
            "weights to begin with: a run, RUN@CHECKPOINT, a checkpoint's folder or a model file; null = the seed's",
            new TextValue("a run, RUN@CHECKPOINT or a path", "latest@epoch-160") { Nullable = true }
        ),
        Key.Specification(
            "model.init_sha256",
            s => s.Model.InitFrom!.Sha256,
            "hash of these weights, a part of the specification; auto = of those that init_from names",
            new TextValue("64 hexadecimal digits", new string('0', 64), "^[0-9a-f]{64}$") { Auto = true }
        ) with
        {
            UsedWhen = OfWeights("model.init_sha256") with { IsHarmless = value => value is "auto" },
        },
        Key.Writing(
            "model.init_classifier",
            "auto",
            new ChoiceValue("kept", "fresh") { Auto = true },
            "with init_from: the classifier is taken where it fits, or begins anew; auto = the method's",
            (run, value, _) =>
                run with
                {
                    Specification = run.Specification with
                    {
                        Model = run.Specification.Model with
                        {
                            InitFrom = run.Specification.Model.InitFrom! with
                            {
                                FreshClassifier = value is "fresh",
                            },
                        },
                    },
                }
        ) with
        {
            FromMethod = method => method.FreshClassifier ? "fresh" : "kept",
            IsPieceOfMethod = true,
            UsedWhen = OfWeights("model.init_classifier") with
            {
                // StageKeys says what "fresh" needs.
                IsHarmless = _ => true,
            },
        },
        Key.Specification(
            "model.trains",
            s => s.Model.Trains,
            "what the optimiser touches; auto = the method's",
            new ChoiceValue([.. TrainedParts.Names]) { Auto = true },
            absent: TrainedParts.Names[0]
        ) with
        {
            FromMethod = method => method.Trains,
            IsPieceOfMethod = true,
        },
        Key.Specification(
            "model.shift_batch_norm",
            s => s.Model.ShiftBatchNorm,
            "a backbone that is not trained normalises by the batch all the same, and its statistics drift"
        ) with
        {
            UsedWhen = new(
                run => run.Text("model.trains") != TrainedParts.Names[0],
                run => $"model.trains {run.Text("model.trains")}, with which every backbone does",
                "drop model.shift_batch_norm, or train the classifier alone"
            )
            {
                IsHarmless = value => value is false,
            },
        },
    ];

    private static Use OfWeights(string key) =>
        new(
            run => run["model.init_from"] is not null,
            _ => "model.init_from null: there are no such weights",
            $"drop {key}, or give model.init_from"
        );
}

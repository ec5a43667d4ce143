using MMOrleans.Configuration.Values;
using MMOrleans.Learning.Models;
using MMOrleans.Learning.Sampling;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>classifier</c> and <c>pretraining</c>: what comes before or after the method's own training.</summary>
internal static class StageKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Specification(
            "classifier.kind",
            s => s.Classifier!.Kind,
            "trained, or computed once from init_from; auto = the method's",
            new ChoiceValue("trained", "tau-norm", "ncm", "logit-adjustment") { Auto = true },
            absent: "trained"
        ) with
        {
            FromMethod = method => method.Classifier,
            IsPieceOfMethod = true,
        },
        Key.Specification(
            "classifier.tau",
            s => s.Classifier!.Tau,
            "tau-norm, logit-adjustment: tau; choose it on held-out training images, not on the test set; auto = 0.7, 1",
            new NumberValue(0) { Auto = true, Example = "0.7" }
        ) with
        {
            FromMethod = method => method.ClassifierTau,
            IsPieceOfMethod = true,
            UsedWhen = new(
                run => run.Text("classifier.kind") is not ("trained" or "ncm"),
                run => $"classifier.kind {run.Text("classifier.kind")}, which has none",
                "drop classifier.tau, or choose method tau-norm or post-hoc-logit-adjustment"
            ),
        },
        Key.Specification(
            "pretraining.kind",
            s => s.Pretraining!.Kind,
            "a first stage of the run; rotation = tell turned images, labels ignored; auto = the method's",
            new ChoiceValue("none", "rotation") { Auto = true },
            absent: "none"
        ) with
        {
            FromMethod = method => method.Pretraining,
            IsPieceOfMethod = true,
        },
        Key.Specification(
            "pretraining.epochs",
            s => s.Pretraining!.Epochs,
            "its passes over the training images, before train.epochs; auto = as many as those",
            auto: true,
            example: "200"
        ) with
        {
            IsPieceOfMethod = true,
            UsedWhen = new(
                run => run.IsPretrained,
                _ => "pretraining.kind none",
                "drop pretraining.epochs, or set pretraining.kind=rotation"
            ),
        },
    ];

    public static IEnumerable<Fault> Against(Resolution run)
    {
        if (run.Text("classifier.kind") == "ncm" != Heads.SpaceOf(run.Text("model.head")) is not null)
            yield return run.Contradiction(
                "model.head",
                $"classifier.kind {run.Text("classifier.kind")}: heads named ncm-… are computed, and no others are by ncm",
                "--set model.head=auto"
            );
        if (run.IsPretrained && !Samplers.KeepsEpochs(run.Text("method.sampler")))
            yield return run.Contradiction(
                "pretraining.kind",
                $"method.sampler {run.Text("method.sampler")}, whose epochs have another length",
                "choose a sampler that keeps the length of an epoch"
            );
        if (run.IsPretrained && run["model.init_from"] is not null)
            yield return run.Contradiction(
                "pretraining.kind",
                $"model.init_from {run.Text("model.init_from")}: a backbone is taken over or pre-trained",
                "drop one of the two"
            );
        if (run["model.init_from"] is null && NeedsWeights(run) is { } problem)
            yield return problem;
    }

    private static Fault? NeedsWeights(Resolution run)
    {
        foreach (
            var (key, harmless) in (ReadOnlySpan<(string, string)>)
                [("model.trains", "all"), ("classifier.kind", "trained"), ("model.init_classifier", "kept")]
        )
            if (run.Text(key) != harmless)
            {
                // What a method brings along is the method's word, and that is what a person wrote.
                var said = run.IsExplicit(key) ? key : "method.name";
                return new(
                    "MM1005",
                    $"{run.Subject(said)} {run.Text(said)} needs model.init_from, which is null: there would be nothing trained to build on",
                    $"mm finetune RUN --method {run.Text("method.name")}, or --set model.init_from=RUN"
                );
            }

        return null;
    }
}

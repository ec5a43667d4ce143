using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>imbalance</c>: how many images of each class are kept, and which.</summary>
internal static class ImbalanceKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Specification(
            "imbalance.kind",
            s => s.Imbalance.Kind,
            "shape of the class counts",
            new ChoiceValue("exp", "step", "none", "counts"),
            builtIn: "exp"
        ) with
        {
            Flag = "--imbalance",
        },
        Key.Specification(
            "imbalance.ratio",
            s => s.Imbalance.Ratio,
            "largest : smallest class, 1 or more",
            new RatioValue(),
            builtIn: "100"
        ) with
        {
            Flag = "--ratio",
            UsedWhen = Of("imbalance.ratio", "exp", "step") with { IsHarmless = value => value is 1.0 },
        },
        Key.Specification(
            "imbalance.step_fraction",
            s => s.Imbalance.StepFraction,
            "step only: share of classes that are minor"
        ) with
        {
            UsedWhen = Of("imbalance.step_fraction", "step"),
        },
        Key.Specification(
            "imbalance.counts",
            s => s.Imbalance.Counts,
            "counts only: one number per class",
            new ListValue(1) { Nullable = true, Example = "[500, 100, 20]" }
        ) with
        {
            UsedWhen = Of("imbalance.counts", "counts") with { IsHarmless = value => value is null },
        },
        Key.Specification(
            "imbalance.held_out",
            s => s.Imbalance.HeldOut,
            "training images of each class taken out before the imbalance, which no training draw sees",
            example: "10"
        ),
        Key.Specification(
            "imbalance.seed",
            s => s.Imbalance.Seed,
            "which images are kept; apart from seed, so that methods share one subset"
        ),
    ];

    public static IEnumerable<Fault> Against(Resolution run)
    {
        if (run.Text("imbalance.kind") == "counts" && run["imbalance.counts"] is null)
            yield return new(
                "MM1005",
                "imbalance.kind counts needs imbalance.counts, which is null",
                "give imbalance.counts: one number per class, or choose imbalance.kind exp"
            );
    }

    private static Use Of(string key, params string[] kinds) =>
        new(
            run => kinds.Contains(run.Text("imbalance.kind")),
            run => $"imbalance.kind {run.Text("imbalance.kind")}",
            $"drop {key}, or choose imbalance.kind {string.Join(" or ", kinds)}"
        );
}

using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>optimiser</c> and <c>schedule</c>: the step, and its learning rate by epoch.</summary>
internal static class OptimiserKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Specification(
            "optimiser.lr",
            s => s.Optimiser.LearningRate,
            "base learning rate",
            builtIn: "0.1"
        ) with
        {
            Flag = "--lr",
        },
        Key.Specification("optimiser.momentum", s => s.Optimiser.Momentum, "momentum"),
        Key.Specification("optimiser.weight_decay", s => s.Optimiser.WeightDecay, "on all parameters"),
        Key.Specification("optimiser.nesterov", s => s.Optimiser.Nesterov, "Nesterov's look-ahead"),
        Key.Specification(
            "optimiser.clip_norm",
            s => s.Optimiser.ClipNorm,
            "largest norm of the averaged gradient",
            example: "5"
        ),
        Key.Specification(
            "schedule.kind",
            s => s.Schedule.Kind,
            "learning rate after the warm-up",
            new ChoiceValue("step", "cosine", "constant")
        ),
        Key.Specification(
            "schedule.warmup_epochs",
            s => s.Schedule.WarmupEpochs,
            "linear warm-up; auto = 5 of 200, scaled",
            auto: true,
            example: "5"
        ),
        Key.Specification(
            "schedule.warmup_factor",
            s => s.Schedule.WarmupFactor,
            "share of the rate that the warm-up begins at; null = 1 / warmup_epochs, a step an epoch",
            example: "0.25"
        ),
        Key.Specification(
            "schedule.milestones",
            s => s.Schedule.Milestones,
            "epochs of the drops; auto = [160, 180] of 200, scaled",
            new ListValue(0)
            {
                Ascending = true,
                Auto = true,
                Example = "[160, 180]",
            }
        ),
        Key.Specification("schedule.factor", s => s.Schedule.Factor, "at each milestone"),
    ];

    public static IEnumerable<Fault> Against(Resolution run)
    {
        var epochs = run.Whole("train.epochs");
        if (run.Whole("schedule.warmup_epochs") > epochs)
            yield return run.Contradiction(
                "schedule.warmup_epochs",
                $"train.epochs {epochs}: the warm-up would not end",
                "--set schedule.warmup_epochs=auto"
            );
        if (((IReadOnlyList<int>)run["schedule.milestones"]!).Any(milestone => milestone > epochs))
            yield return run.Contradiction(
                "schedule.milestones",
                $"train.epochs {epochs}: a drop after the end never comes",
                "--set schedule.milestones=auto"
            );
    }
}

using MMOrleans.Configuration.Values;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>distribution</c>: slots, which are part of the result, and where and by whom they are trained, which is not.</summary>
internal static class DistributionKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Here(
            "distribution.cluster",
            r => r.Cluster,
            "null or none = in this process",
            new ClusterValue { Nullable = true }
        ),
        Key.Specification(
            "distribution.slots",
            s => s.Slots,
            "V, the logical replicas; auto = 4 everywhere. Part of the result",
            auto: true,
            example: "4"
        ) with
        {
            Flag = "--slots",
        },
        Key.Specification(
            "distribution.local_steps",
            s => s.LocalSteps,
            "H, steps between averages. Part of the result"
        ),
        Key.Writing(
            "distribution.trainers",
            "auto",
            new TrainersValue { Auto = true },
            "number, or {min: 2, max: 8}; no part of the result",
            (run, value, _) =>
                value is TrainerRange range
                    ? run with
                    {
                        Trainers = range.Max,
                        Settings = run.Settings with { MinTrainers = range.Min, MaxTrainers = range.Max },
                    }
                    : run
        ) with
        {
            Flag = "--trainers",
        },
        Key.Here(
            "distribution.device",
            r => r.Device,
            "auto = cuda where there is one",
            new ChoiceValue("cpu", "cuda") { Auto = true }
        ) with
        {
            Flag = "--device",
        },
        Key.Setting("distribution.wait", s => s.Wait, "for enough trainers") with
        {
            Flag = "--wait",
        },
        Key.Setting("distribution.priority", s => s.Priority, "among queued runs; the highest is first"),
    ];
}

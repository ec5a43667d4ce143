using MMOrleans.Configuration.Values;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>checkpoint</c>: when one is written, where, and which are kept.</summary>
internal static class CheckpointKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Setting(
            "checkpoint.path",
            s => s.Checkpoints.Place,
            "null = run folder; s3://bucket/prefix keeps them there too, before they count",
            new TextValue(
                "s3://BUCKET/PREFIX, with a bucket of 3 to 63 lower-case letters, digits, '-' and '.'",
                "s3://my-bucket/runs",
                @"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?$"
            )
            {
                Nullable = true,
            }
        ),
        Writing(
            "checkpoint.every",
            "1 epoch",
            new IntervalValue(false),
            "'1 epoch', '500 rounds' or '10 min'",
            (policy, value) =>
            {
                var every = (Interval)value!;
                return policy with
                {
                    EveryEpochs = every.Unit == "epoch" ? every.Count : null,
                    EveryRounds = every.Unit == "round" ? every.Count : null,
                    EveryTime = every.Unit == "time" ? every.Time : null,
                };
            }
        ),
        Key.Setting("checkpoint.keep_last", s => s.Checkpoints.KeepLast, "newest kept"),
        Key.Writing(
            "checkpoint.keep_switch",
            "true",
            new BooleanValue(),
            "keep the one before the deferred phase, or where it would be; runs that differ only after it can fork there",
            (run, value, said) =>
                run with
                {
                    Settings = run.Settings with
                    {
                        Checkpoints = run.Settings.Checkpoints with
                        {
                            KeepEpoch = value is true ? said.SwitchEpoch : 0,
                        },
                    },
                }
        ),
        Key.Setting(
            "checkpoint.keep_best.metric",
            s => s.Checkpoints.BestMetric,
            "column of metrics.csv",
            new ChoiceValue([.. MetricTable.CanBeBest.Select(metric => metric.Name)])
        ),
        Writing(
            "checkpoint.keep_best.mode",
            "auto",
            new ChoiceValue("auto", "max", "min"),
            "which value is best; auto = the lowest of a loss or an error, the highest of any other",
            (policy, value) =>
                policy with
                {
                    BestIsGreatest =
                        value is "max"
                        || (value is "auto" && MetricTable.Find(policy.BestMetric)?.Better != Better.Lower),
                }
        ),
        Key.Setting(
            "checkpoint.keep_best.count",
            s => s.Checkpoints.KeepBest,
            "best kept beside the newest; 0 = none"
        ),
        Key.Here(
            "checkpoint.resume",
            r => r.Resume,
            "auto = a local run of the same name and numbers that was interrupted goes on",
            new ChoiceValue("auto", "never"),
            builtIn: "auto"
        ) with
        {
            Flag = "--resume",
        },
    ];

    private static Key Writing(
        string path,
        string builtIn,
        SettingValue value,
        string doc,
        Func<CheckpointPolicy, object?, CheckpointPolicy> write
    ) =>
        Key.Writing(
            path,
            builtIn,
            value,
            doc,
            (run, said, _) =>
                run with
                {
                    Settings = run.Settings with { Checkpoints = write(run.Settings.Checkpoints, said) },
                }
        );
}

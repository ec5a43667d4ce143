using static MMOrleans.Dashboards.PromQl;

namespace MMOrleans.Dashboards;

/// <summary>Images in, checkpoints out.</summary>
internal static class DataDashboard
{
    private const string Operation = "mmorleans_operation";

    public static Dashboard Definition { get; } =
        new(
            "data",
            "Data and storage",
            "Images in, checkpoints out: whether either holds up training, and whether there is room.",
            new Row(
                "Images",
                new Panel(
                    PanelKind.Lines,
                    "Images read",
                    "suffix: img/s",
                    "By data shards, for training and evaluation.",
                    new Query(
                        Rate("mmorleans_dataset_images_total", "instance", "mmorleans_outcome=\"ok\""),
                        "{{instance}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Queue depth",
                    "none",
                    "Batches that were ready before the round that needs them.",
                    new Query(
                        $"min by (mmorleans_trainer) ({Of("mmorleans_dataset_queue")})",
                        "{{mmorleans_trainer}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Time spent waiting for images",
                    "percentunit",
                    "Share of each trainer's rounds.",
                    new Query(
                        $"{Rate("mmorleans_stage_duration_seconds_sum", "mmorleans_trainer", "mmorleans_stage=\"data\"")} / {Rate("mmorleans_stage_duration_seconds_sum", "mmorleans_trainer")}",
                        "{{mmorleans_trainer}}"
                    )
                ),
                new Panel(
                    PanelKind.Number,
                    "Skipped images",
                    "none",
                    "Images that could not be read, over what is shown.",
                    new Query(
                        Rise("mmorleans_dataset_images_total", "", "mmorleans_outcome=\"skipped\""),
                        "skipped"
                    )
                )
            ),
            new Row(
                "Checkpoints",
                new Panel(
                    PanelKind.Lines,
                    "Checkpoint time",
                    "s",
                    "Saving goes on beside training; loading and verifying hold up a start.",
                    QuantilesSinceStart("mmorleans_checkpoint_duration_seconds", Operation, 0.5, 0.95)
                ),
                new Panel(
                    PanelKind.Lines,
                    "Checkpoint size",
                    "bytes",
                    "Of the newest one.",
                    new Query(
                        $"max by ({Operation}) ({Of("mmorleans_checkpoint_size_bytes")})",
                        "{{mmorleans_operation}}"
                    )
                ),
                new Panel(
                    PanelKind.Number,
                    "Checkpoint failures",
                    "none",
                    "By error code, over what is shown: MM5001 damaged, MM5003 not written.",
                    new Query(Rise("mmorleans_checkpoint_failures_total", "error_type"), "{{error_type}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Checkpoints written",
                    "suffix: /s",
                    "Of all runs.",
                    new Query(
                        Rate(
                            "mmorleans_checkpoint_duration_seconds_count",
                            Operation,
                            "mmorleans_operation=\"save\""
                        ),
                        "{{mmorleans_operation}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Free space",
                    "percentunit",
                    "Of the volume that holds the runs, as each silo sees it; under 10 % it is an alert.",
                    new Query($"min by (instance) ({Of("mmorleans_storage_free")})", "{{instance}}")
                )
                {
                    Max = 1,
                }
            )
        );
}

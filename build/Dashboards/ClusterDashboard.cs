using static MMOrleans.Dashboards.PromQl;

namespace MMOrleans.Dashboards;

/// <summary>Who is there, how fast they are together, and what it costs when one goes.</summary>
internal static class ClusterDashboard
{
    private const string Trainer = "mmorleans_trainer";
    private const string Stage = "mmorleans_stage";
    private const string Stages = "mmorleans_stage_duration_seconds";
    private const string Own = "mmorleans_stage=~\"data|forward|backward\"";

    public static Dashboard Definition { get; } =
        new(
            "cluster",
            "Cluster",
            "Who is there, how fast they are together, where their time goes, and what it costs when one goes.",
            new Row(
                "Now",
                new Panel(
                    PanelKind.Number,
                    "Silos",
                    "none",
                    "Processes that show trainers.",
                    new Query($"count(count by (instance) ({Of("mmorleans_trainers")}))", "silos")
                )
                {
                    Width = 3,
                },
                new Panel(
                    PanelKind.Number,
                    "Trainers by state",
                    "none",
                    "Idle ones wait for a run.",
                    new Query($"sum by (mmorleans_state) ({Of("mmorleans_trainers")})", "{{mmorleans_state}}")
                )
                {
                    Width = 6,
                },
                new Panel(
                    PanelKind.Number,
                    "Runs by status",
                    "none",
                    "Live runs; one that has ended is shown for 20 s more.",
                    new Query($"sum by (mmorleans_status) ({Of("mmorleans_runs")})", "{{mmorleans_status}}")
                )
                {
                    Width = 5,
                },
                new Panel(
                    PanelKind.Number,
                    "Wait for trainers",
                    "s",
                    "From a run's submission to its trainers, images opened, since the silos started.",
                    QuantilesSinceStart("mmorleans_queue_wait_seconds", "", 0.5, 0.95)
                )
                {
                    Width = 5,
                },
                new Panel(
                    PanelKind.Number,
                    "Failed runs",
                    "none",
                    "By error code, over what is shown; mm explain CODE says what to do.",
                    new Query(Rise("mmorleans_run_failures_total", "error_type"), "{{error_type}}")
                )
                {
                    Width = 5,
                }
            )
            {
                Height = 5,
            },
            new Row(
                "Speed",
                new Panel(
                    PanelKind.Lines,
                    "Rounds",
                    "suffix: /s",
                    "By how they went.",
                    new Query(Rate("mmorleans_rounds_total", "mmorleans_outcome"), "{{mmorleans_outcome}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Training images",
                    "suffix: img/s",
                    "Computed by all trainers, by phase.",
                    new Query(Rate("mmorleans_samples_total", "mmorleans_phase"), "{{mmorleans_phase}}")
                ),
                new Panel(
                    PanelKind.Stack,
                    "Share of time by stage",
                    "percentunit",
                    "Of all trainers together. Wait is for the slots of others: the price of the slowest.",
                    new Query(
                        $"{Rate($"{Stages}_sum", Stage)} / on () group_left () {Rate($"{Stages}_sum")}",
                        "{{mmorleans_stage}}"
                    )
                )
                {
                    Max = 1,
                },
                new Panel(
                    PanelKind.Table,
                    "Slowest trainers",
                    "s",
                    "Seconds of its own that a trainer needs for a round: images and both passes, without waiting for anybody.",
                    new Query(
                        $"topk(10, {Rate($"{Stages}_sum", Trainer, Own)} / {Rate($"{Stages}_count", Trainer, "mmorleans_stage=\"forward\"")})",
                        "{{mmorleans_trainer}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Exchange",
                    "Bps",
                    "Blocks and averaged segments as trainers hand them over: none inside a silo, memory between silos of a machine, calls to others.",
                    new Query(
                        Rate(
                            "mmorleans_exchange_io_bytes_total",
                            "network_io_direction, mmorleans_transport"
                        ),
                        "{{network_io_direction}} {{mmorleans_transport}}"
                    )
                ),
                new Panel(
                    PanelKind.Stack,
                    "Silos by transport",
                    "none",
                    "The other silos that each silo has sent vectors to, by how; every pair is counted from both sides.",
                    new Query(
                        $"sum by (mmorleans_transport) ({Of("mmorleans_transport_silos")})",
                        "{{mmorleans_transport}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Exchange compression",
                    "percentunit",
                    "Bytes sent over bytes of the dense vector.",
                    new Query(
                        $"max by ({Trainer}) ({Of("mmorleans_exchange_compression")})",
                        "{{mmorleans_trainer}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Prepared batches",
                    "none",
                    "Batches that were ready before the round that needs them; 0 makes a trainer wait for images.",
                    new Query(
                        $"min by ({Trainer}) ({Of("mmorleans_dataset_queue")})",
                        "{{mmorleans_trainer}}"
                    )
                )
            ),
            new Row(
                "Coming and going",
                new Panel(
                    PanelKind.Stack,
                    "Membership changes",
                    "none",
                    "Trainers that came, drained, crashed, or were silent for too long.",
                    new Query(
                        $"sum by (mmorleans_reason) (increase({Of("mmorleans_membership_changes_total")}[$__rate_interval]))",
                        "{{mmorleans_reason}}"
                    )
                ),
                new Panel(
                    PanelKind.Number,
                    "Recovery time",
                    "s",
                    "From a loss to the next closed round, by reason, since the silos started.",
                    QuantilesSinceStart("mmorleans_recovery_duration_seconds", "mmorleans_reason", 0.5, 0.95)
                ),
                new Panel(
                    PanelKind.Number,
                    "State mismatches",
                    "none",
                    "Rounds begun from unequal states, over what is shown. Anything but 0 is a fault of a device.",
                    new Query(Rise("mmorleans_replica_mismatches_total"), "mismatches")
                )
            )
        );
}

using static MMOrleans.Dashboards.PromQl;

namespace MMOrleans.Dashboards;

/// <summary>How one run gets on, and what it learns.</summary>
internal static class RunDashboard
{
    public static Dashboard Definition { get; } =
        new(
            "run",
            "Run",
            "How one run gets on and what it learns. The shaded stretch is the one in which classes are re-weighted.",
            new Row(
                "Now",
                new Panel(
                    PanelKind.Number,
                    "Runs by status",
                    "none",
                    "Live runs of the cluster; one that has ended is shown for 20 s more.",
                    new Query($"sum by (mmorleans_status) ({Of("mmorleans_runs")})", "{{mmorleans_status}}")
                )
                {
                    Width = 4,
                },
                new Panel(
                    PanelKind.Dial,
                    "Progress",
                    "percentunit",
                    "Share of the rounds that are done.",
                    new Query(OfRun("mmorleans_run_progress"), "done")
                )
                {
                    Width = 4,
                    Max = 1,
                },
                new Panel(
                    PanelKind.Number,
                    "Time left",
                    "s",
                    "Estimate, from the rounds since the run was started or resumed.",
                    new Query(OfRun("mmorleans_run_eta_seconds"), "left")
                )
                {
                    Width = 4,
                },
                new Panel(
                    PanelKind.Number,
                    "Completed epochs",
                    "none",
                    "Epochs whose numbers are recorded.",
                    new Query(OfRun("mmorleans_run_epoch"), "epochs")
                )
                {
                    Width = 4,
                },
                new Panel(
                    PanelKind.Number,
                    "Missing trainers",
                    "none",
                    "Trainers still missing to reach the run's minimum.",
                    new Query(OfRun("mmorleans_run_trainers_missing"), "missing")
                )
                {
                    Width = 4,
                },
                new Panel(
                    PanelKind.Number,
                    "Age of the newest checkpoint",
                    "s",
                    "What would be lost if the run ended now; counted from its beginning while there is none.",
                    new Query(OfRun("mmorleans_run_checkpoint_age_seconds"), "age")
                )
                {
                    Width = 4,
                }
            )
            {
                Height = 5,
            },
            new Row(
                "Learning",
                new Panel(
                    PanelKind.Lines,
                    "Loss by split",
                    "none",
                    "Mean of the method's own loss: comparable within one method only.",
                    new Query(OfRun("mmorleans_run_loss", "mmorleans_split"), "{{mmorleans_split}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Accuracy by shot group",
                    "percentunit",
                    "Of the test images, all and by how many training images their class has.",
                    new Query(OfRun("mmorleans_run_accuracy", "mmorleans_shot"), "{{mmorleans_shot}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Few-shot gap",
                    "percentunit",
                    "Accuracy of the classes with many training images less that of those with few.",
                    new Query(
                        $"{OfRun("mmorleans_run_accuracy", "", "mmorleans_shot=\"many\"")} - {OfRun("mmorleans_run_accuracy", "", "mmorleans_shot=\"few\"")}",
                        "many − few"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Learning rate",
                    "none",
                    "As the schedule has it for the round.",
                    new Query(OfRun("mmorleans_run_learning_rate"), "learning rate")
                ),
                new Panel(
                    PanelKind.Timeline,
                    "Phase",
                    "none",
                    "Where the deferred phase begins, every node switches to re-weighting.",
                    new Query(OfRun("mmorleans_run_phase", "mmorleans_phase"), "{{mmorleans_phase}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Norms",
                    "none",
                    "Euclidean norm of the last averaged gradient, and of the parameters after the last epoch.",
                    new Query(OfRun("mmorleans_run_gradient_norm"), "gradient"),
                    new Query(OfRun("mmorleans_run_weight_norm"), "weights")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Calibration error",
                    "percentunit",
                    "How far confidences are from the share of right answers, by shot group.",
                    new Query(OfRun("mmorleans_run_ece", "mmorleans_shot"), "{{mmorleans_shot}}")
                ),
                new Panel(
                    PanelKind.Lines,
                    "Median margin",
                    "none",
                    "True logit less the best other; below 0 most images of the group are misclassified.",
                    new Query(OfRun("mmorleans_run_margin_median", "mmorleans_shot"), "{{mmorleans_shot}}")
                ),
                new Panel(
                    PanelKind.HeatMap,
                    "Error by class",
                    "percentunit",
                    "A row for each class. Only of runs with telemetry.per_class_metrics.",
                    new Query(OfRun("mmorleans_run_class_error", "mmorleans_class"), "{{mmorleans_class}}")
                )
                {
                    Max = 1,
                }
            ),
            new Row(
                "Rounds and checkpoints",
                new Panel(
                    PanelKind.Lines,
                    "Round time",
                    "s",
                    "Of all runs of the cluster, as the trainer that leads saw it. A diamond is a round that has a trace.",
                    Quantiles("mmorleans_round_duration_seconds", "", 0.5, 0.95, 0.99)
                )
                {
                    HasExemplars = true,
                },
                new Panel(
                    PanelKind.Lines,
                    "Healed and abandoned rounds",
                    "suffix: /s",
                    "Healed: slots of a lost trainer were computed by others while the round was open. Of all runs of the cluster.",
                    new Query(
                        Rate(
                            "mmorleans_rounds_total",
                            "mmorleans_outcome",
                            "mmorleans_outcome=~\"healed|abandoned\""
                        ),
                        "{{mmorleans_outcome}}"
                    )
                ),
                new Panel(
                    PanelKind.Lines,
                    "Checkpoint lag",
                    "suffix: intervals",
                    "Age of the newest checkpoint in the run's own intervals; over 3 it is an alert.",
                    new Query(OfRun("mmorleans_run_checkpoint_lag"), "lag")
                )
            )
        )
        {
            OfOneRun = true,
        };
}

using MMOrleans.Configuration.Values;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>eval</c>, <c>telemetry</c> and <c>output</c>: what is measured, and where it is told.</summary>
internal static class ReportKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Writing(
            "eval.every",
            "1 epoch",
            new IntervalValue(true),
            "test images after so many epochs, and after the last",
            (run, value, _) =>
                run with
                {
                    Specification = run.Specification with { EvaluateEvery = ((Interval)value!).Count },
                }
        ),
        Key.Setting(
            "eval.groups",
            s => s.Groups,
            "auto | thirds | {many: 100, few: 20}",
            new ShotGroupsValue { Auto = true }
        ),
        Key.Setting(
            "eval.calibration_bins",
            s => s.CalibrationBins,
            "bins of confidence that ece and the reliability diagram are measured in"
        ),
        Key.Here(
            "telemetry.otlp_endpoint",
            r => r.OtlpEndpoint,
            "OTEL_EXPORTER_OTLP_ENDPOINT wins",
            new TextValue("an http or https address", "http://localhost:4317", "^https?://[^ ]+$")
            {
                Nullable = true,
            }
        ) with
        {
            Write = (run, value, _) =>
                run with
                {
                    OtlpEndpoint = value is string endpoint ? new(endpoint) : null,
                },
        },
        Key.Setting(
            "telemetry.traces",
            s => s.Traces,
            "which rounds become spans",
            new ChoiceValue("none", "sampled", "all")
        ),
        Key.Setting(
            "telemetry.round_every",
            s => s.TraceEvery,
            "sampled: first round of an epoch and every 50th, plus slow and failed ones"
        ),
        Key.Setting(
            "telemetry.per_class_metrics",
            s => s.PerClassMetrics,
            "a gauge for every class's test error, 100 at most"
        ),
        Key.Setting("telemetry.trackers.tensorboard", s => s.TensorBoard, "write TensorBoard files"),
        Key.Here(
            "output.path",
            r => r.OutputFolder,
            "folder of all runs",
            new TextValue("a folder", "./runs"),
            builtIn: "./runs"
        ) with
        {
            Flag = "--output",
        },
    ];
}

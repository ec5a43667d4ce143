using System.Diagnostics.Metrics;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Telemetry;

using Reading = (double? Value, KeyValuePair<string, object?>[] Tags);

/// <summary>The gauges of live runs: how far each is, and the metrics that the table gives a gauge.</summary>
internal static class RunGauges
{
    private const string Prefix = "mmorleans.run.";
    private const int ClassesShown = 100;

    /// <summary>Makes them.</summary>
    /// <param name="meter">Whose they are.</param>
    /// <param name="runs">The runs to show, by id.</param>
    /// <param name="clock">Tells how old a checkpoint is.</param>
    public static void Create(
        Meter meter,
        Func<IEnumerable<KeyValuePair<string, LiveRun>>> runs,
        TimeProvider clock
    )
    {
        One("progress", null, "Share of the rounds that are done.", run => run.Done);
        One("epoch", "{epoch}", "Completed epochs.", run => run.Last?.Epoch ?? 0);
        One("eta", "s", "Estimate of the time left.", run => run.Progress.Left?.TotalSeconds);
        Many(
            "phase",
            null,
            "1 for the phase that the run is in.",
            run => run.Phase is { } phase ? [Of(1, Tags.Phase, phase)] : []
        );
        One(
            "trainers.missing",
            "{trainer}",
            "Trainers still missing to reach the run's minimum.",
            run => run.TrainersMissing
        );
        One(
            "checkpoint.age",
            "s",
            "Time since the run's newest checkpoint, or since it began.",
            run => (clock.GetUtcNow() - run.CheckpointTime)?.TotalSeconds
        );
        One(
            "checkpoint.lag",
            "{interval}",
            "Age of the newest checkpoint, in checkpoint intervals of the run.",
            run => run.CheckpointLag
        );
        foreach (var gauge in MetricTable.All.Where(m => m.Gauge is not null).GroupBy(m => m.Gauge!.Name))
            Many(
                gauge.Key,
                null,
                gauge.First().GaugeDescription,
                run => gauge.Select(metric => Of(run[metric], metric.Gauge!))
            );
        Many(
            "class.error",
            null,
            "Test error of a class; with telemetry.per_class_metrics only.",
            run => run.ClassErrors.Take(ClassesShown).Select(one => Of(one.Error, Tags.Class, one.Class))
        );

        void One(string name, string? unit, string description, Func<LiveRun, double?> read) =>
            Many(name, unit, description, run => [(read(run), [])]);

        void Many(string name, string? unit, string description, Func<LiveRun, IEnumerable<Reading>> read) =>
            meter.CreateObservableGauge(
                Prefix + name,
                () =>
                    runs()
                        .SelectMany(run =>
                            read(run.Value)
                                .Where(reading => reading.Value is { } value && double.IsFinite(value))
                                .Select(reading => new Measurement<double>(
                                    reading.Value!.Value,
                                    [new(Tags.Run, run.Key), .. reading.Tags]
                                ))
                        ),
                unit,
                description
            );
    }

    private static Reading Of(double? value, string attribute, string of) => (value, [new(attribute, of)]);

    private static Reading Of(double? value, MetricGauge gauge) =>
        gauge.Attribute is { } attribute ? Of(value, Tags.Prefix + attribute, gauge.Value!) : (value, []);
}

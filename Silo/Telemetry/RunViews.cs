using System.Diagnostics.Metrics;
using MMOrleans.Grains.Telemetry;
using OpenTelemetry.Metrics;

namespace MMOrleans.Silo.Telemetry;

/// <summary>The gauges of runs, whose series bear a run's id: a silo sees far more of them than it shows at once.</summary>
internal static class RunViews
{
    private const string Prefix = "mmorleans.run.";

    // A place that was once given to a set of attributes is never given to another, and what finds none is exported without attributes.
    // With the usual 2,000 that is some hundreds of runs, or twenty with the errors of a hundred classes.
    private static readonly MetricStreamConfiguration Many = new() { CardinalityLimit = 20_000 };

    public static MetricStreamConfiguration? Of(Instrument instrument) =>
        instrument.Meter.Name == TelemetryNames.Meter
        && instrument.Name.StartsWith(Prefix, StringComparison.Ordinal)
            ? Many
            : null;
}

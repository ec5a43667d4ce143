using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Orleans' own instruments without the attributes that grow with every restart.</summary>
internal static class OrleansViews
{
    public const string Meter = "Microsoft.Orleans";

    private static readonly MetricStreamConfiguration NoTags = new() { TagKeys = [] };

    /// <summary>
    /// Ping counters are tagged with the other silo's address and generation, message sizes with this silo's: both are new at each start.
    /// </summary>
    public static MetricStreamConfiguration? Of(Instrument instrument) =>
        instrument.Meter.Name == Meter
        && (
            instrument.Name.StartsWith("orleans-messaging-pings-", StringComparison.Ordinal)
            || instrument.Name
                is "orleans-messaging-sent-messages-size"
                    or "orleans-messaging-received-messages-size"
        )
            ? NoTags
            : null;
}

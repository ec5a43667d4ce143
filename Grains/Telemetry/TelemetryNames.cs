namespace MMOrleans.Grains.Telemetry;

/// <summary>What exporters subscribe to.</summary>
public static class TelemetryNames
{
    /// <summary>The one meter.</summary>
    public const string Meter = "MMOrleans";

    /// <summary>The one activity source.</summary>
    public const string ActivitySource = "MMOrleans";
}

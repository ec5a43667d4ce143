using System.Net;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Where a silo's telemetry goes; nowhere by default.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Base address of an OTLP endpoint, such as <c>http://localhost:4317</c>; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Speak HTTP instead of gRPC; null for what <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says, and HTTP on its port 4318.</summary>
    public bool? OtlpOverHttp { get; init; }

    /// <summary>Port of <c>/metrics</c>; 9464 by convention, 0 for a free one, null for none.</summary>
    public int? PrometheusPort { get; init; }

    /// <summary>Where <c>/metrics</c> listens; loopback for this machine only.</summary>
    public IPAddress PrometheusAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Folder of the runs, whose volume is watched; null for none.</summary>
    public string? RunsFolder { get; init; }

    /// <summary>Tells processes of one service apart: the silo's name.</summary>
    public string Instance { get; init; } = Guid.NewGuid().ToString("N");
}

using MMOrleans.Silo.Storage;

namespace MMOrleans.Silo;

/// <summary>What a silo in the caller's own process needs to know.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>Folder that holds the runs, one sub-folder each.</summary>
    public required string RunsFolder { get; init; }

    /// <summary>Trainers to offer; null for one a core (CPU) or one a device (CUDA).</summary>
    public int? Trainers { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>OTLP endpoint for traces, metrics and logs; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Port of <c>/metrics</c> on loopback; null for none.</summary>
    public int? PrometheusPort { get; init; }
}

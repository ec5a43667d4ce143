using MMOrleans.Configuration.Keys;

namespace MMOrleans.Client.Connections;

/// <summary>Where and on what a run is trained in this process.</summary>
/// <param name="RunsFolder">Folder of all runs.</param>
/// <param name="Trainers">Trainers to offer; null for one a core or device.</param>
/// <param name="Device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="OtlpEndpoint">Where telemetry goes; null for nowhere.</param>
/// <param name="PrometheusPort">Port of <c>/metrics</c> on loopback; null for none.</param>
internal sealed record LocalPlace(
    string RunsFolder,
    int? Trainers,
    string Device,
    Uri? OtlpEndpoint,
    int? PrometheusPort = null
)
{
    /// <summary>Where a run of its own is trained.</summary>
    public static LocalPlace Of(string runsFolder, ResolvedRun run) =>
        new(runsFolder, run.Trainers, run.Device, run.OtlpEndpoint, run.PrometheusPort);
}

using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Notices metrics that the endpoint does not take.</summary>
internal sealed class WatchedMetricExporter(OtlpExporterOptions options, TelemetryLoss loss)
    : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        var result = base.Export(metrics);
        if (result == ExportResult.Failure)
        {
            loss.Dropped("metrics", metrics.Count);
        }

        return result;
    }
}

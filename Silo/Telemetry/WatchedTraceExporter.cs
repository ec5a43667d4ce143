using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Notices spans that the endpoint does not take.</summary>
internal sealed class WatchedTraceExporter(OtlpExporterOptions options, TelemetryLoss loss)
    : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var result = base.Export(activityBatch);
        if (result == ExportResult.Failure)
        {
            loss.Dropped("traces", activityBatch.Count);
        }

        return result;
    }
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Telemetry;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Counts what no endpoint took, and says so once: training goes on unaffected.</summary>
internal sealed partial class TelemetryLoss : IDisposable
{
    private readonly Meter _meter = new(TelemetryNames.Meter);
    private readonly Counter<long> _dropped;
    private readonly TelemetryOptions _options;
    private readonly ILogger<TelemetryLoss> _logger;
    private int _said;

    public TelemetryLoss(TelemetryOptions options, ILogger<TelemetryLoss> logger)
    {
        _options = options;
        _logger = logger;
        _dropped = _meter.CreateCounter<long>(
            "mmorleans.telemetry.dropped",
            "{item}",
            "Telemetry that no endpoint took."
        );
    }

    /// <summary>Somebody reads it from now on: nothing is lost yet.</summary>
    public void Watched()
    {
        if (_options.OtlpEndpoint is not null)
            foreach (var signal in (string[])["traces", "metrics"])
                _dropped.Add(0, new KeyValuePair<string, object?>("mmorleans.signal", signal));
    }

    /// <param name="signal"><c>traces</c> or <c>metrics</c>.</param>
    /// <param name="items">How many were lost.</param>
    public void Dropped(string signal, long items)
    {
        _dropped.Add(items, new KeyValuePair<string, object?>("mmorleans.signal", signal));
        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            LogDropped(items, signal, _options.OtlpEndpoint);
        }
    }

    public void CannotServe(int port, string reason) => LogCannotServe(port, reason);

    public void Dispose() => _meter.Dispose();

    [LoggerMessage(
        LogLevel.Warning,
        "MM6001: dropped {Items} items of {Signal}: {Endpoint} does not accept them; training is unaffected. Set telemetry.otlp_endpoint or start the collector. Logged once"
    )]
    private partial void LogDropped(long items, string signal, Uri? endpoint);

    [LoggerMessage(
        LogLevel.Warning,
        "MM6001: port {Port} cannot serve /metrics: {Reason}; training is unaffected"
    )]
    private partial void LogCannotServe(int port, string reason);
}

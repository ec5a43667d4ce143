using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether the telemetry endpoint answers, where one is configured.</summary>
internal static class TelemetryCheck
{
    public static async Task<Finding> RunAsync(EnvironmentSnapshot environment)
    {
        if (environment["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { } text)
            return new(FindingLevel.Ok, "telemetry", "not exported: OTEL_EXPORTER_OTLP_ENDPOINT is not set");
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps)
        )
            return new(
                FindingLevel.Warning,
                "telemetry",
                "MM6001 OTEL_EXPORTER_OTLP_ENDPOINT is not an address that begins with http:// or https://",
                "such as OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317"
            );
        // User and password may stand in it; they are nobody's to read here.
        var shown = endpoint.GetLeftPart(UriPartial.Scheme) + endpoint.Authority;
        return await EndpointProbe.TryAsync(endpoint.Host, endpoint.Port) is { } reason
            ? new(
                FindingLevel.Warning,
                "telemetry",
                $"MM6001 {shown} does not answer: {reason}; training is not affected",
                "start the collector, or unset OTEL_EXPORTER_OTLP_ENDPOINT"
            )
            : new(FindingLevel.Ok, "telemetry", $"{shown} answers");
    }
}

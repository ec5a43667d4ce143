using System.Globalization;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration;

/// <summary>What the standard's environment variables say and no key of the configuration does.</summary>
internal static class TelemetryVariables
{
    private const string PrometheusPort = "OTEL_EXPORTER_PROMETHEUS_PORT";

    /// <exception cref="FaultException">MM1002: it is not a port.</exception>
    public static int? Port(EnvironmentSnapshot environment)
    {
        if (environment[PrometheusPort] is not { } text)
        {
            return null;
        }

        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new FaultException(
                "MM1002",
                $"{PrometheusPort} wants a port from 0 to 65535, got '{text}'",
                $"{PrometheusPort}=9464, or unset it"
            );
    }
}

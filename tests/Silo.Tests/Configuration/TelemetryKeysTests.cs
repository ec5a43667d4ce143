using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Tests.Configuration;

public class TelemetryKeysTests
{
    [Fact]
    public void TheStandardVariablesWinOverOurOwnAndFlagsOverBoth()
    {
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317",
            ["MM_SILO__TELEMETRY__OTLPENDPOINT"] = "http://elsewhere:4317",
            ["OTEL_EXPORTER_PROMETHEUS_PORT"] = "9464",
        };

        var said = Read([], environment);
        Assert.Equal("http://collector:4317", said["Telemetry:OtlpEndpoint"]);
        Assert.Equal("9464", said["Telemetry:PrometheusPort"]);

        var flagged = Read(["--otlp-endpoint", "http://here:4317", "--metrics-port", "1234"], environment);
        Assert.Equal("http://here:4317", flagged["Telemetry:OtlpEndpoint"]);
        Assert.Equal("1234", flagged["Telemetry:PrometheusPort"]);
    }

    private static Microsoft.Extensions.Configuration.IConfiguration Read(
        string[] args,
        Dictionary<string, string> environment
    )
    {
        List<Fault> problems = [];
        var sources = SiloSources.Read(args, environment, problems);
        Assert.Empty(problems);
        return sources.Configuration;
    }
}

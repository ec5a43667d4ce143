using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MMOrleans.Silo.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MMOrleans.Silo.Tests.Telemetry;

/// <summary>Who says what a silo is called in telemetry: its environment before itself.</summary>
// The environment is the whole process's.
[Collection("telemetry")]
public sealed class ResourceTests
{
    [Fact]
    public void WithoutAWordOfTheEnvironmentItIsTheSilo()
    {
        var resource = ResourceUnder([]);

        Assert.Equal("mm-silo", resource["service.name"]);
        Assert.Equal("silo-7", resource["service.instance.id"]);
    }

    [Theory]
    [InlineData("vision-cluster", null, "vision-cluster")]
    [InlineData(null, "service.name=from-attributes", "from-attributes")]
    [InlineData("vision-cluster", "service.name=from-attributes", "vision-cluster")]
    public void TheEnvironmentNamesTheService(string? name, string? attributes, string expected)
    {
        var resource = ResourceUnder(
            new() { ["OTEL_SERVICE_NAME"] = name, ["OTEL_RESOURCE_ATTRIBUTES"] = attributes }
        );

        Assert.Equal(expected, resource["service.name"]);
        Assert.Equal("silo-7", resource["service.instance.id"]);
    }

    [Fact]
    public void AttributesOfTheEnvironmentWinOneByOne()
    {
        var resource = ResourceUnder(
            new()
            {
                ["OTEL_RESOURCE_ATTRIBUTES"] =
                    "service.instance.id=pod%2C7,service.version=2,deployment.environment=lab,team=vision",
            }
        );

        Assert.Equal("mm-silo", resource["service.name"]);
        Assert.Equal("pod,7", resource["service.instance.id"]);
        Assert.Equal("2", resource["service.version"]);
        Assert.Equal("lab", resource["deployment.environment"]);
        Assert.Equal("vision", resource["team"]);
    }

    // Of spans and of metrics, as their exporters see it.
    private static Dictionary<string, object> ResourceUnder(Dictionary<string, string?> environment)
    {
        foreach (var (name, value) in environment)
            Environment.SetEnvironmentVariable(name, value);
        try
        {
            var spans = new List<Activity>();
            var metrics = new List<Metric>();
            var builder = Host.CreateEmptyApplicationBuilder(new());
            builder.AddMMOrleansTelemetry(
                "mm-silo",
                new()
                {
                    OtlpEndpoint = new("http://127.0.0.1:1"),
                    OtlpOverHttp = true,
                    Instance = "silo-7",
                }
            );
            builder
                .Services.AddOpenTelemetry()
                .WithTracing(tracing => tracing.AddInMemoryExporter(spans))
                .WithMetrics(all => all.AddInMemoryExporter(metrics));
            using var host = builder.Build();
            var ofSpans = host.Services.GetRequiredService<TracerProvider>().GetResource();
            var ofMetrics = host.Services.GetRequiredService<MeterProvider>().GetResource();
            Assert.Equal(Of(ofSpans), Of(ofMetrics));
            return Of(ofSpans);
        }
        finally
        {
            foreach (var name in environment.Keys)
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    private static Dictionary<string, object> Of(Resource resource) =>
        resource.Attributes.ToDictionary(pair => pair.Key, pair => pair.Value);
}

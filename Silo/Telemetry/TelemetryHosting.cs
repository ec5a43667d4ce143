using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MMOrleans.Grains.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MMOrleans.Silo.Telemetry;

/// <summary>Where metrics, spans and logs go.</summary>
public static class TelemetryHosting
{
    /// <summary>The port that OTLP over HTTP has by convention.</summary>
    private const int OtlpHttpPort = 4318;

    /// <summary>Longest time that one export may take, so that a slow endpoint holds little.</summary>
    private const int ExportMilliseconds = 2000;

    private const int MetricIntervalMilliseconds = 15_000;

    /// <summary>Adds the exporters that the options name; with none, nothing.</summary>
    /// <param name="builder">The host under construction.</param>
    /// <param name="serviceName"><c>mm-silo</c> for a silo, <c>mm</c> for the client's own.</param>
    /// <param name="options">Endpoint and port.</param>
    public static IHostApplicationBuilder AddMMOrleansTelemetry(
        this IHostApplicationBuilder builder,
        string serviceName,
        TelemetryOptions options
    )
    {
        if (options.OtlpEndpoint is null && options.PrometheusPort is null)
        {
            return builder;
        }

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<TelemetryLoss>();
        builder.Services.AddSingleton<StorageSpace>();
        builder.Services.AddSingleton<PrometheusEndpoint>();
        builder.Services.AddHostedService<TelemetryLifetime>();
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource
                    .AddService(serviceName, serviceVersion: Version(), serviceInstanceId: options.Instance)
                    // Once more, behind ours: what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say is whose it is to say.
                    .AddEnvironmentVariableDetector()
            )
            .WithMetrics(metrics => Metrics(metrics, options));
        if (options.OtlpEndpoint is { } endpoint)
        {
            telemetry
                .WithTracing(tracing =>
                    tracing
                        .AddSource(TelemetryNames.ActivitySource)
                        .AddProcessor(services => new BatchActivityExportProcessor(
                            new WatchedTraceExporter(
                                Otlp(endpoint, "traces", options.OtlpOverHttp),
                                services.GetRequiredService<TelemetryLoss>()
                            ),
                            exporterTimeoutMilliseconds: ExportMilliseconds
                        ))
                )
                .WithLogging(
                    logging =>
                        logging
                            .AddProcessor(services => new LogSpans(services.GetService<IRunSpans>()))
                            .AddProcessor(services => new BatchLogRecordExportProcessor(
                                new OtlpLogExporter(Otlp(endpoint, "logs", options.OtlpOverHttp)),
                                exporterTimeoutMilliseconds: ExportMilliseconds
                            )),
                    log => log.IncludeFormattedMessage = true
                );
        }

        return builder;
    }

    private static void Metrics(MeterProviderBuilder metrics, TelemetryOptions options)
    {
        metrics
            .AddMeter(TelemetryNames.Meter, OrleansViews.Meter, "System.Runtime")
            .AddView(OrleansViews.Of)
            .AddView(RunViews.Of)
            .SetExemplarFilter(ExemplarFilterType.TraceBased);
        if (options.PrometheusPort is not null)
        {
            metrics.AddPrometheusExporter();
        }

        if (options.OtlpEndpoint is { } endpoint)
        {
            metrics.AddReader(services => new PeriodicExportingMetricReader(
                new WatchedMetricExporter(
                    Otlp(endpoint, "metrics", options.OtlpOverHttp),
                    services.GetRequiredService<TelemetryLoss>()
                ),
                MetricIntervalMilliseconds,
                ExportMilliseconds
            ));
        }
    }

    private static OtlpExporterOptions Otlp(Uri endpoint, string signal, bool? overHttp)
    {
        var options = new OtlpExporterOptions { TimeoutMilliseconds = ExportMilliseconds };
        if (overHttp ?? endpoint.Port == OtlpHttpPort)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        // An endpoint that is set in code is taken as it is; the standard's base address wants the signal's path.
        options.Endpoint =
            options.Protocol == OtlpExportProtocol.HttpProtobuf
                ? new Uri($"{endpoint.ToString().TrimEnd('/')}/v1/{signal}")
                : endpoint;
        return options;
    }

    private static string Version() =>
        typeof(TelemetryHosting)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "0";
}

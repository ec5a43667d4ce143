using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Silo.Telemetry;
using OpenTelemetry.Metrics;
using Xunit;

namespace MMOrleans.Silo.Tests.Telemetry;

// Meters and sources are heard by name, in the whole process.
[Collection("telemetry")]
public sealed class TelemetryHostingTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    [Fact]
    public void WithoutAnEndpointNothingIsAdded()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var before = builder.Services.Count;

        builder.AddMMOrleansTelemetry("mm", new TelemetryOptions());

        Assert.Equal(before, builder.Services.Count);
    }

    [Fact]
    public async Task TheEndIsFlushedSoThatAShortRunsSpansAndMetricsArrive()
    {
        await using var receiver = await Receiver.StartAsync();
        using var meter = new Meter("MMOrleans");
        using var source = new ActivitySource("MMOrleans");
        var host = await StartAsync(
            new()
            {
                OtlpEndpoint = receiver.Address,
                OtlpOverHttp = true,
                Instance = "silo-7",
            }
        );
        meter.CreateCounter<long>("mmorleans.rounds").Add(1);
        source.StartActivity("epoch")?.Dispose();
        host.Services.GetRequiredService<ILogger<TelemetryHostingTests>>()
            .Log(LogLevel.Warning, default, "trainer lost", null, (message, _) => message);

        await StopAsync(host);

        Assert.Contains("epoch", receiver.Posted["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("mmorleans.rounds", receiver.Posted["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("trainer lost", receiver.Posted["/v1/logs"], StringComparison.Ordinal);
        Assert.All(
            receiver.Posted.Values,
            body => Assert.Contains("mm-silo", body, StringComparison.Ordinal)
        );
        Assert.All(receiver.Posted.Values, body => Assert.Contains("silo-7", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnEndpointThatNeverAnswersDelaysTheExitByTwoSecondsAtMost()
    {
        await using var receiver = await Receiver.StartAsync(answers: false);
        using var source = new ActivitySource("MMOrleans");
        var host = await StartAsync(new() { OtlpEndpoint = receiver.Address, OtlpOverHttp = true });
        source.StartActivity("epoch")?.Dispose();

        var clock = Stopwatch.StartNew();
        await StopAsync(host);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Soon); // two seconds, and room for a busy machine
    }

    [Fact]
    public async Task AnEndpointThatIsDownIsSaidOnceAndCounted()
    {
        var messages = new List<string>();
        using var dropped = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "mmorleans.telemetry.dropped")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        var lost = 0L;
        dropped.SetMeasurementEventCallback<long>((_, items, _, _) => Interlocked.Add(ref lost, items));
        dropped.Start();
        using var source = new ActivitySource("MMOrleans");
        var host = await StartAsync(
            new() { OtlpEndpoint = new Uri($"http://127.0.0.1:{UnusedPort()}"), OtlpOverHttp = true },
            messages
        );
        source.StartActivity("epoch")?.Dispose();

        await StopAsync(host);

        Assert.InRange(lost, 1, long.MaxValue);
        Assert.Single(messages, message => message.StartsWith("MM6001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PrometheusReadsOurMetersByTheirPublishedNames()
    {
        using var meter = new Meter("MMOrleans");
        var host = await StartAsync(new() { PrometheusPort = 0 });
        meter
            .CreateCounter<long>("mmorleans.rounds", "{round}")
            .Add(1, new KeyValuePair<string, object?>("mmorleans.outcome", "clean"));
        meter
            .CreateHistogram(
                "mmorleans.round.duration",
                "s",
                null,
                null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.125, 0.5] }
            )
            .Record(0.25);

        var text = await ScrapeAsync(host);
        await StopAsync(host);

        Assert.Matches("""mmorleans_rounds_total\{[^}]*mmorleans_outcome="clean"[^}]*\} 1""", text);
        Assert.Matches("""mmorleans_round_duration_seconds_bucket\{[^}]*le="0.5"[^}]*\} 1""", text);
        Assert.Matches("""mmorleans_round_duration_seconds_bucket\{[^}]*le="0.125"[^}]*\} 0""", text);
        Assert.Contains("dotnet_", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AttributesThatGrowWithEveryRestartAreDropped()
    {
        using var meter = new Meter("Microsoft.Orleans");
        var host = await StartAsync(new() { PrometheusPort = 0 });
        var destination = new KeyValuePair<string, object?>("Destination", "S10.0.0.1:11111:134711");
        meter.CreateCounter<long>("orleans-messaging-pings-sent").Add(1, destination);
        meter
            .CreateCounter<long>("orleans-messaging-rejected")
            .Add(1, new KeyValuePair<string, object?>("Direction", "Request"));

        var text = await ScrapeAsync(host);
        await StopAsync(host);

        Assert.Contains("orleans_messaging_pings_sent", text, StringComparison.Ordinal);
        Assert.DoesNotContain("134711", text, StringComparison.Ordinal);
        Assert.Contains("Direction=\"Request\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASeriesThatIsNoLongerObservedDisappears()
    {
        var run = "r-first";
        using var meter = new Meter("MMOrleans");
        meter.CreateObservableGauge(
            "mmorleans.run.progress",
            () => new Measurement<double>(0.5, new KeyValuePair<string, object?>("mmorleans.run.id", run))
        );
        var host = await StartAsync(new() { PrometheusPort = 0 });

        var before = await ScrapeAsync(host);
        run = "r-second";
        await Task.Delay(TimeSpan.FromSeconds(0.5)); // a scrape is answered from the last one for 0.3 s
        var after = await ScrapeAsync(host);
        await StopAsync(host);

        Assert.Contains("r-first", before, StringComparison.Ordinal);
        Assert.DoesNotContain("r-first", after, StringComparison.Ordinal);
        Assert.Contains("r-second", after, StringComparison.Ordinal);
    }

    /// <summary>An exporter keeps a place for every set of attributes that it has ever seen; with 2,000 of them a silo would show no run after some hundreds.</summary>
    [Fact]
    public async Task ASiloThatHasSeenThousandsOfRunsShowsTheNewest()
    {
        using var meter = new Meter("MMOrleans");
        meter.CreateObservableGauge(
            "mmorleans.run.progress",
            () =>
                Enumerable
                    .Range(0, 5000)
                    .Select(run => new Measurement<double>(
                        0.5,
                        new KeyValuePair<string, object?>("mmorleans.run.id", $"r-{run:d6}")
                    ))
        );
        var host = await StartAsync(new() { PrometheusPort = 0 });

        var text = await ScrapeAsync(host);
        await StopAsync(host);

        Assert.Contains("r-004999", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APortInUseIsAWarningAndTheSiloStarts()
    {
        var messages = new List<string>();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var host = await StartAsync(
            new() { PrometheusPort = ((IPEndPoint)other.LocalEndpoint).Port },
            messages
        );
        await StopAsync(host);

        Assert.Single(messages, message => message.StartsWith("MM6001", StringComparison.Ordinal));
    }

    private static async Task<IHost> StartAsync(TelemetryOptions options, List<string>? messages = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        if (messages is not null)
        {
            builder.Logging.AddProvider(new Messages(messages));
        }

        builder.AddMMOrleansTelemetry("mm-silo", options);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static async Task<string> ScrapeAsync(IHost host)
    {
        using var client = new HttpClient();
        var port = host.Services.GetRequiredService<PrometheusEndpoint>().Port;
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Messages(List<string> into) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (into)
            {
                into.Add(formatter(state, exception));
            }
        }

        public void Dispose() { }
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Tests;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo.Storage;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Xunit;

namespace MMOrleans.Silo.Tests.Telemetry;

/// <summary>A run of seconds with everything on: stopped in its second epoch, its newest checkpoint damaged, then trained to its end.</summary>
public sealed class TracedRun : IAsyncLifetime
{
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    public const string Id = "r-traced";

    private readonly List<Activity> _exported = [];

    internal IReadOnlyList<ReceivedSpan> Spans { get; private set; } = [];

    internal IReadOnlyList<ReceivedSeries> Series { get; private set; } = [];

    internal IReadOnlyList<ReceivedLog> Logs { get; private set; } = [];

    /// <summary>Names of all meters that were exported.</summary>
    public IReadOnlyList<string> Meters { get; private set; } = [];

    /// <summary>The same spans, out of an exporter in memory.</summary>
    public IReadOnlyList<Activity> InMemory => _exported;

    /// <summary><c>/metrics</c> before the run.</summary>
    public string ScrapedIdle { get; private set; } = "";

    /// <summary><c>/metrics</c> in the middle of the run.</summary>
    public string Scraped { get; private set; } = "";

    public IReadOnlyList<Instrument> Instruments { get; private set; } = [];

    /// <summary>The client's span, which the run starts under.</summary>
    public string SubmitSpan { get; private set; } = "";

    public string? StateSha256 { get; private set; }

    public TimeSpan Closing { get; private set; }

    /// <summary>Of seven rounds each.</summary>
    public const int Epochs = 6;

    internal static RunSpecification Specification => LocalRun.Specification(epochs: Epochs);

    public async ValueTask InitializeAsync()
    {
        var before = Environment.GetEnvironmentVariable(Protocol);
        Environment.SetEnvironmentVariable(Protocol, "http/protobuf"); // the receiver's port is not the one that says HTTP
        try
        {
            await TrainAsync();
        }
        finally
        {
            Environment.SetEnvironmentVariable(Protocol, before);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task TrainAsync()
    {
        await using var receiver = await Receiver.StartAsync();
        using var memory = Sdk.CreateTracerProviderBuilder()
            .AddSource("MMOrleans")
            .AddInMemoryExporter(_exported)
            .Build();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "MMOrleans")
                    lock (instruments)
                        instruments.Add(instrument);
            },
        };
        listener.Start();
        using var folder = new TemporaryFolder();
        var port = UnusedPort();
        var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder.Path,
                Trainers = 2,
                Device = "cpu",
                OtlpEndpoint = receiver.Address,
                PrometheusPort = port,
            }
        );
        using var client = new HttpClient();
        var metrics = new Uri($"http://127.0.0.1:{port}/metrics");
        ScrapedIdle = await client.GetStringAsync(metrics);
        var run = cluster.Grains.GetGrain<IRunGrain>(Id);
        await SubmitAsync(run);
        var update = await run.WatchAsync(0, TimeSpan.FromSeconds(5));
        var isSaved = false;
        while (update.Progress.Round < 9 || !isSaved) // in the middle of an epoch of seven rounds, the first one's checkpoint on the disk
        {
            update = await run.WatchAsync(update.Cursor, TimeSpan.FromSeconds(5));
            isSaved |= update.Events.Any(happened => happened.Kind == "checkpoint");
        }

        Scraped = await client.GetStringAsync(metrics);
        await run.StopAsync(false, "request");
        await LocalRun.EndAsync(run);

        Damage(Path.Combine(folder.Path, Id, "checkpoints"));
        await run.ResumeAsync(new(Id, null, null, null, null));
        StateSha256 = (await LocalRun.EndAsync(run)).StateSha256;
        lock (instruments)
            Instruments = [.. instruments.DistinctBy(instrument => instrument.Name)];
        var clock = Stopwatch.StartNew();
        await cluster.DisposeAsync();
        Closing = clock.Elapsed;
        Spans = [.. receiver.Requests("/v1/traces").SelectMany(Otlp.Spans)];
        Series = [.. receiver.Requests("/v1/metrics").SelectMany(Otlp.Series)];
        Logs = [.. receiver.Requests("/v1/logs").SelectMany(Otlp.Logs)];
        Meters = [.. receiver.Requests("/v1/metrics").SelectMany(Otlp.Meters).Distinct()];
    }

    private async Task SubmitAsync(IRunGrain run)
    {
        using var source = new ActivitySource("MMOrleans");
        using var submit = source.StartActivity("run.submit")!;
        submit.SetTag("mmorleans.run.id", Id);
        SubmitSpan = submit.SpanId.ToHexString();
        var answer = await run.SubmitAsync(
            new(
                Id,
                SpecificationDocument.Write(Specification),
                new()
                {
                    Name = "traced",
                    TraceEvery = 3,
                    PerClassMetrics = true,
                },
                submit.Id
            )
        );
        Assert.Null(answer.Fault);
    }

    /// <summary>The newest checkpoint, so that an older one is looked for.</summary>
    private static void Damage(string checkpoints)
    {
        var file = Path.Combine(
            Directory
                .GetDirectories(checkpoints)
                .OrderBy(folder => File.GetLastWriteTimeUtc(Path.Combine(folder, "checkpoint.json")))
                .Last(),
            "model.safetensors"
        );
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

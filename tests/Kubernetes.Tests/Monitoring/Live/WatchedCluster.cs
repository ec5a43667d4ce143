using System.Diagnostics;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Dashboards;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Kubernetes.Tests.Monitoring.Alerts;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo.Tests.Telemetry;

namespace MMOrleans.Kubernetes.Tests.Monitoring.Live;

/// <summary>Four silos as processes with a run on them, read by a real Prometheus and heard by an OTLP receiver; one silo is killed.</summary>
public sealed class WatchedCluster : IAsyncLifetime
{
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Run = "r-watched";

    /// <summary>More than it will do: it is stopped when everything has been seen.</summary>
    private const int Epochs = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>Series with a number, by panel: what its queries returned, each.</summary>
    internal Dictionary<(Dashboard Dashboard, Panel Panel), int[]> Panels { get; } = [];

    /// <summary>The same of what alerts are computed from.</summary>
    internal Dictionary<string, int> Alerts { get; } = [];

    /// <summary>Values of the variables that a dashboard offers.</summary>
    internal Dictionary<string, IReadOnlyList<string>> Variables { get; } = [];

    internal IReadOnlyList<(string Name, string Health, string State)> Rules { get; private set; } = [];

    internal IReadOnlyList<ReceivedSpan> Spans { get; private set; } = [];

    internal IReadOnlyList<ReceivedLog> Logs { get; private set; } = [];

    /// <summary>Traces that the round time's exemplars name.</summary>
    public IReadOnlyList<string> Exemplars { get; private set; } = [];

    /// <summary>What was not there yet after all patience, with the silos' words.</summary>
    public string Story { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (Programs.Find("prometheus") is not { } program)
            return; // every test is skipped
        var before = Environment.GetEnvironmentVariable(Protocol);
        Environment.SetEnvironmentVariable(Protocol, "http/protobuf"); // the receiver's port is not the one that says HTTP
        try
        {
            await WatchAsync(program);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Protocol, before);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task WatchAsync(string program)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            4,
            "--otlp-endpoint",
            $"{receiver.Address}"
        );
        await using var prometheus = await PrometheusServer.StartAsync(
            program,
            RuleFile.Rules,
            cluster.Silos.Select(silo => silo.Metrics)
        );
        var grains = await cluster.ConnectAsync();
        var run = await SubmitAsync(grains);

        // Whoever dies early takes the run's first spans along, which is not an orphan's fault.
        await UntilAsync(
            "rounds and the run's first span",
            async () =>
                receiver.Posted.TryGetValue("/v1/traces", out var spans)
                && spans.Contains("run.start", StringComparison.Ordinal)
                && (await prometheus.AskAsync("sum(rate(mmorleans_rounds_total[20s])) > 0")).Count > 0
        );
        // Not the one that keeps the membership, and as little else as can be: who led the rounds, tells of the loss or knows how long the
        // run waited takes that along.
        List<TestSilo> busy =
        [
            .. await cluster.OfAsync(grains, "coordinator"),
            .. await cluster.OfAsync(grains, "RunGrain"),
        ];
        cluster.Silos.Skip(1).MinBy(silo => busy.Count(holder => holder == silo))!.Process.KillNow();

        await UntilAsync("every panel", () => SeenAsync(prometheus));
        Rules = await prometheus.RulesAsync();
        Exemplars = await prometheus.ExemplarsAsync("mmorleans_round_duration_seconds_bucket");
        Variables["job"] = await prometheus.ValuesAsync("mmorleans_trainers", "job");
        Variables["run"] = await prometheus.ValuesAsync("mmorleans_run_epoch", "mmorleans_run_id");

        await run.StopAsync(false, "seen");
        await SmallRun.EndAsync(run, Patience);
        foreach (var silo in cluster.Silos.Where(silo => !silo.Process.HasExited))
            silo.Process.Ask();
        foreach (var silo in cluster.Silos)
            await silo.Process.EndAsync(Patience);
        Story += cluster.Logs;
        Spans = [.. receiver.Requests("/v1/traces").SelectMany(Otlp.Spans)];
        Logs = [.. receiver.Requests("/v1/logs").SelectMany(Otlp.Logs)];
    }

    private static async Task<IRunGrain> SubmitAsync(IGrainFactory grains)
    {
        var run = grains.GetGrain<IRunGrain>(Run);
        var answer = await run.SubmitAsync(
            new(
                Run,
                // The switch comes soon: both phases are to be seen.
                SpecificationDocument.Write(SmallRun.Of(Epochs, switchEpoch: 2)),
                new()
                {
                    Name = "watched",
                    MinTrainers = 2,
                    PerClassMetrics = true,
                }
            )
        );
        Assert.Null(answer.Fault);
        return run;
    }

    /// <summary>Asks everything once.</summary>
    /// <returns>Whether all that can have data has.</returns>
    private async Task<bool> SeenAsync(PrometheusServer prometheus)
    {
        foreach (var dashboard in Dashboard.All)
        foreach (var panel in dashboard.Panels)
        {
            var counts = new List<int>();
            foreach (var query in panel.Queries)
                counts.Add((await prometheus.AskAsync(Filled(query.Expression))).Count);
            Panels[(dashboard, panel)] = [.. counts];
        }

        foreach (var alert in RuleFile.Alerts)
            Alerts[alert.Alert!] = (await prometheus.AskAsync(RuleFile.Parts(alert).Value)).Count;
        return Alerts.Values.All(count => count > 0)
            && Panels.All(entry =>
                entry.Value.All(count => count > 0)
                || LiveDashboardTests.WithoutData.ContainsKey(
                    (entry.Key.Dashboard.Name, entry.Key.Panel.Title)
                )
            );
    }

    /// <summary>As Grafana fills its variables in.</summary>
    private static string Filled(string expression) =>
        expression
            .Replace("$__rate_interval", "20s", StringComparison.Ordinal)
            .Replace("$__range", "5m", StringComparison.Ordinal)
            .Replace("$job", ".*", StringComparison.Ordinal)
            .Replace("$run", Run, StringComparison.Ordinal);

    private async Task UntilAsync(string what, Func<Task<bool>> isSeen)
    {
        var began = Stopwatch.StartNew();
        while (!await isSeen())
        {
            if (began.Elapsed > Patience)
            {
                Story += $"not seen in {Patience.TotalSeconds:0} s: {what}\n";
                return; // the tests say what was missing
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Kubernetes.Tests.Monitoring.Live;

/// <summary>A real Prometheus that reads silos, with our rules.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    /// <summary>As the job of the silos is called.</summary>
    public const string Job = "mm-silo";

    /// <summary>Between two scrapes of a silo. A busy machine does not always answer within one.</summary>
    public const int ScrapeSeconds = 2;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client;
    private readonly ChildProcess _process;

    private PrometheusServer(string program, string rules, IEnumerable<Uri> silos)
    {
        var port = Ports.Free(1)[0];
        _client = new() { BaseAddress = new($"http://127.0.0.1:{port}/api/v1/") };
        var targets = string.Join(", ", silos.Select(silo => $"'{silo.Authority}'"));
        File.WriteAllText(
            _folder["prometheus.yml"],
            $"""
            global:
              scrape_interval: {ScrapeSeconds}s
              scrape_timeout: {ScrapeSeconds}s
              evaluation_interval: {ScrapeSeconds}s
            rule_files: ['{rules}']
            scrape_configs:
              - job_name: {Job}
                static_configs:
                  - targets: [{targets}]
            """
        );
        _process = new(
            program,
            [
                $"--config.file={_folder["prometheus.yml"]}",
                $"--storage.tsdb.path={_folder["data"]}",
                $"--web.listen-address=127.0.0.1:{port}",
                "--enable-feature=exemplar-storage",
                "--log.level=warn",
            ],
            _folder.Path
        );
    }

    public static async Task<PrometheusServer> StartAsync(
        string program,
        string rules,
        IEnumerable<Uri> silos
    )
    {
        var server = new PrometheusServer(program, rules, silos);
        var began = Stopwatch.StartNew();
        while (!await server.AnswersAsync())
        {
            if (server._process.HasExited || began.Elapsed > StartPatience)
                Assert.Fail($"Prometheus does not answer:\n{server._process.Output}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        return server;
    }

    /// <summary>The values of an expression's series now; those that are not numbers are left out.</summary>
    /// <exception cref="InvalidOperationException">Prometheus does not understand it.</exception>
    public async Task<IReadOnlyList<double>> AskAsync(string expression) =>
        [
            .. (await GetAsync($"query?query={Uri.EscapeDataString(expression)}"))["result"]!
                .AsArray()
                .Select(series => (string)series!["value"]![1]!)
                .Where(value => value is not ("NaN" or "+Inf" or "-Inf"))
                .Select(value => double.Parse(value, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Values that a label has.</summary>
    /// <param name="selector">Which series are looked at.</param>
    /// <param name="label">The label.</param>
    public async Task<IReadOnlyList<string>> ValuesAsync(string selector, string label) =>
        [
            .. (await GetAsync($"label/{label}/values?match[]={Uri.EscapeDataString(selector)}"))
                .AsArray()
                .Select(value => (string)value!),
        ];

    /// <summary>Ids of the traces that a histogram's exemplars name.</summary>
    public async Task<IReadOnlyList<string>> ExemplarsAsync(string metric)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return
        [
            .. (await GetAsync($"query_exemplars?query={metric}&start={now - 3600}&end={now + 60}"))
                .AsArray()
                .SelectMany(series => series!["exemplars"]!.AsArray())
                .Select(exemplar => (string)exemplar!["labels"]!["trace_id"]!),
        ];
    }

    /// <summary>Every rule with its health and, for an alert, its state.</summary>
    public async Task<IReadOnlyList<(string Name, string Health, string State)>> RulesAsync() =>
        [
            .. (await GetAsync("rules"))["groups"]!
                .AsArray()
                .SelectMany(group => group!["rules"]!.AsArray())
                .Select(rule =>
                    ((string)rule!["name"]!, (string)rule["health"]!, (string?)rule["state"] ?? "recorded")
                ),
        ];

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        var text = await (await _client.GetAsync(path)).Content.ReadAsStringAsync();
        var answer = JsonNode.Parse(text)!;
        return (string?)answer["status"] == "success"
            ? answer["data"]!
            : throw new InvalidOperationException($"{Uri.UnescapeDataString(path)}: {answer["error"]}");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await GetAsync("status/runtimeinfo");
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException)
        {
            return false;
        }
    }
}

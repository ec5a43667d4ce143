using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>Orleans' own dashboard, as its package serves it in a silo.</summary>
public partial class DashboardTests
{
    private const string Viewer = "viewer-0123456789abcdef";
    private const string Operator = "operator-0123456789abcdef";

    [Fact]
    public async Task OperatorsSeeTheSilosAndNobodyElseSeesAnything()
    {
        using var folder = new TemporaryFolder();
        var tokens = Path.Combine(folder.Path, "tokens");
        await File.WriteAllTextAsync(tokens, $"viewer {Viewer}\noperator {Operator}\n");
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            1,
            "--token-file",
            tokens,
            "--dashboard",
            "true"
        );
        var silo = cluster.Silos[0];
        using var who = Client(silo, Operator);
        using var looker = Client(silo, Viewer);
        using var stranger = Client(silo, null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("DashboardCounters")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await looker.GetAsync("DashboardCounters")).StatusCode);

        using var page = await who.GetAsync("");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        var asked = Asked().Matches(await page.Content.ReadAsStringAsync()).Select(m => m.Groups[1].Value);
        Assert.NotEmpty(asked);
        foreach (var file in asked)
        {
            Assert.DoesNotContain("//", file, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await who.GetAsync(file)).StatusCode);
        }

        // The grain that gathers them looks around once a second.
        JsonNode counters;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            await Task.Delay(200, patience.Token);
            counters = JsonNode.Parse(await who.GetStringAsync("DashboardCounters", patience.Token))!;
        } while (counters["hosts"]!.AsArray().Count == 0);
        Assert.Single(counters["hosts"]!.AsArray());
        Assert.True((bool)JsonNode.Parse(await who.GetStringAsync("/api/v1/version"))!["dashboard"]!);
    }

    [Fact]
    public async Task WithoutTheWordThereIsNone()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Localhost, 1);
        using var client = Client(cluster.Silos[0], null);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("")).StatusCode);
    }

    private static HttpClient Client(TestSilo silo, string? token)
    {
        var client = new HttpClient { BaseAddress = new(silo.Health("x"), "/orleans/") };
        client.DefaultRequestHeaders.Authorization = token is null
            ? null
            : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Asked();
}

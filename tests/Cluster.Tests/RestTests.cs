using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Cluster.Tests;

/// <summary>A cluster from outside: over HTTP alone.</summary>
public class RestTests
{
    private const string Viewer = "viewer-0123456789abcdef";
    private const string Operator = "operator-0123456789abcdef";

    [Fact]
    public async Task EverySiloAnswersForARunThatIsSubmittedTwiceAndStartsOnce()
    {
        using var folder = new TemporaryFolder();
        var tokens = Path.Combine(folder.Path, "tokens");
        await File.WriteAllTextAsync(tokens, $"viewer {Viewer}\noperator {Operator}\n");
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            2,
            "--token-file",
            tokens
        );
        using var first = Client(cluster.Silos[0], Operator);
        using var second = Client(cluster.Silos[1], Operator);
        using var looker = Client(cluster.Silos[1], Viewer);
        using var stranger = Client(cluster.Silos[1], null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SubmitAsync(looker, "runs", "a")).StatusCode);
        using var plan = await SubmitAsync(first, "runs?dry_run=true", "a");
        Assert.Equal(
            SpecificationDocument.Hash(SmallRun.Specification),
            (string?)(await plan.Content.ReadFromJsonAsync<JsonObject>())!["specification_sha256"]
        );
        Assert.Empty((await GetAsync(looker, "runs"))["runs"]!.AsArray());

        // mm shows the token that it is given, and says who would have to let it in.
        var outside = cluster.Silos[0].Rest.ToString();
        var (nobody, refused) = await Mm.RunAsync(outside, "runs");
        Assert.Equal(4, nobody);
        Assert.Contains("error MM3003: ", refused, StringComparison.Ordinal);
        Assert.Contains("MM_TOKEN", refused, StringComparison.Ordinal);
        var mine = folder["viewer"];
        await File.WriteAllTextAsync(mine, Viewer + "\n");
        var (looks, list) = await Mm.RunAsync(outside, "runs", "--token-file", mine);
        Assert.True(looks == 0, list);
        var (acts, forbidden) = await Mm.RunAsync(
            outside,
            "train",
            "--epochs",
            "1",
            "--detach",
            "--token-file",
            mine
        );
        Assert.Equal(4, acts);
        Assert.Contains("error MM3003: the token has role viewer", forbidden, StringComparison.Ordinal);
        Assert.DoesNotContain(Viewer, list + forbidden, StringComparison.Ordinal);

        using var submitted = await SubmitAsync(first, "runs", "a");
        Assert.True(
            submitted.StatusCode == HttpStatusCode.Created,
            await submitted.Content.ReadAsStringAsync()
        );
        using var again = await SubmitAsync(second, "runs", "a");
        Assert.Equal(submitted.Headers.Location, again.Headers.Location);
        var path = $"runs/{(string)(await again.Content.ReadFromJsonAsync<JsonObject>())!["run"]!}";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((string?)(await GetAsync(looker, path))["status"] != "finished")
            await Task.Delay(100, patience.Token);

        Assert.Equal(
            await SmallRun.HashOfOneProcessAsync(),
            (string?)(await GetAsync(first, path))["state_sha256"]
        );
        Assert.Equal(
            (await GetAsync(first, $"{path}/metrics")).ToJsonString(),
            (await GetAsync(looker, $"{path}/metrics")).ToJsonString()
        );
        Assert.Single((await GetAsync(looker, "runs"))["runs"]!.AsArray());
        Assert.Equal(2, (await GetAsync(looker, "cluster"))["silos"]!.AsArray().Count);

        // Removed is removed from memory too: the same key starts it anew.
        Assert.Equal(HttpStatusCode.NoContent, (await second.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync(path)).StatusCode);
        using var anew = await SubmitAsync(first, "runs", "a");
        Assert.NotEqual("finished", (string?)(await anew.Content.ReadFromJsonAsync<JsonObject>())!["status"]);
        using var stopped = await first.PostAsync($"{path}/stop?now=true", null);
        Assert.Equal(HttpStatusCode.Accepted, stopped.StatusCode);

        using var drained = await first.PostAsync("cluster/silos/silo-1/drain", null);
        Assert.Equal(HttpStatusCode.Accepted, drained.StatusCode);
        Assert.Equal(
            ["active", "draining"],
            (await GetAsync(first, "cluster"))["silos"]!.AsArray().Select(silo => (string?)silo!["status"])
        );
    }

    private static HttpClient Client(TestSilo silo, string? token)
    {
        var client = new HttpClient { BaseAddress = new(silo.Health("x"), "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = token is null
            ? null
            : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(path))!;

    private static Task<HttpResponseMessage> SubmitAsync(HttpClient client, string path, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(
                new JsonObject
                {
                    ["specification"] = JsonNode.Parse(SpecificationDocument.Write(SmallRun.Specification)),
                    ["settings"] = new JsonObject { ["name"] = "rest", ["min_trainers"] = 2 },
                }
            ),
        };
        request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request);
    }
}

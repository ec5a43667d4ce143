using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Tests.Routes;

public sealed class RestTests : IAsyncLifetime
{
    private readonly SomeRuns _runs = new();
    private TestServer _server = null!;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(_runs);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _runs.Dispose();
    }

    [Fact]
    public async Task AListIsReadPageByPageAndNewRunsShiftNothing()
    {
        foreach (var (id, i) in ((string[])["r-00000a", "r-00000b", "r-00000c"]).Select((id, i) => (id, i)))
            _runs.Write(id, epochs: 1, created: SomeRuns.Time + TimeSpan.FromHours(i));

        var first = await GetAsync("runs?limit=2");
        _runs.Write("r-00000d", epochs: 1, created: SomeRuns.Time + TimeSpan.FromDays(1));
        var second = await GetAsync($"runs?limit=2&cursor={first["next_cursor"]}");

        Assert.Equal(["r-00000c", "r-00000b"], Ids(first));
        Assert.Equal(["r-00000a"], Ids(second));
        Assert.Null(second["next_cursor"]);
    }

    [Fact]
    public async Task ARunIsItsRecordWithWhatFollowsFromIt()
    {
        _runs.Write();

        var run = await GetAsync("runs/latest");

        Assert.Equal("r-7f3k9q", (string?)run["id"]);
        Assert.Equal("mm/run/v1", (string?)run["schema"]);
        Assert.Equal(160, (int?)run["switch_epoch"]);
        // 5000, 500, 50: in order of falling training count.
        Assert.Equal([0, 2, 1], run["classes"]!.AsArray().Select(one => (int)one!["index"]!));
        Assert.Equal(0.4, (double)run["classes"]![2]!["error"]!, tolerance: 1e-9);
        // So that 'mm' reads it as it reads run.json.
        Assert.Equal(SomeRuns.Row(200).Accuracy, (double?)run["last"]!["accuracy"]);
        Assert.Null(run["settings"]);
    }

    [Fact]
    public async Task ARunSaysWhatItsTimeWentToAsWhyDoes()
    {
        var folder = _runs.Write(epochs: 2);
        Assert.Null((await GetAsync("runs/latest"))["goodput"]);
        SomeRuns.Begin(folder);

        var goodput = (await GetAsync("runs/latest"))["goodput"]!;

        Assert.Equal((await GetAsync("runs/latest/why"))["goodput"]!.ToJsonString(), goodput.ToJsonString());
        // Two trainers for the hour from its submission to its end.
        Assert.Equal(7200, (double)goodput["trainer_seconds"]!, tolerance: 1e-6);
    }

    [Fact]
    public async Task WhatRunsWereTrainedOnIsToldOnceForAllRunsOnIt()
    {
        _runs.Write("r-00000a");
        _runs.Write("r-00000b", created: SomeRuns.Time.AddHours(1));
        var other = _runs.Write("r-00000c", created: SomeRuns.Time.AddHours(2));
        (
            RunRecord.Read(other.Record) with
            {
                ClassCounts = [500, 500, 499],
                SkippedImages = 1,
                PassedOver = [new(".tif files", 2, ["a/c.tif"])],
            }
        ).Write(other.Record);
        SomeRuns.LeaveOut(other, "a/b.jpg: no JPEG");
        // Queued since before its images were opened.
        var unopened = _runs.Write("r-00000d", created: SomeRuns.Time.AddHours(3));
        (RunRecord.Read(unopened.Record) with { ClassCounts = [] }).Write(unopened.Record);

        var data = (await GetAsync("data"))["data"]!.AsArray();

        Assert.Equal(2, data.Count);
        Assert.Equal("a/b.jpg: no JPEG", (string?)data[0]!["first_skipped"]);
        Assert.Equal(1, (int)data[0]!["skipped_images"]!);
        Assert.Equal(
            """[{"kind":".tif files","count":2,"examples":["a/c.tif"]}]""",
            data[0]!["passed_over"]!.ToJsonString()
        );
        Assert.Empty(data[1]!["passed_over"]!.AsArray());
        Assert.Equal(1499, (int?)data[0]!["images"]);
        Assert.Equal(["r-00000b", "r-00000a"], data[1]!["runs"]!.AsArray().Select(run => (string?)run));
        Assert.Equal("cifar10 exp 100", $"{data[1]!["name"]} {data[1]!["imbalance"]} {data[1]!["ratio"]}");
        Assert.Equal(
            ["airplane 5000 many", "bird 500 medium", "<i>truck</i> 50 few"],
            data[1]!["classes"]!
                .AsArray()
                .Select(one => $"{one!["name"]} {one["training_images"]} {one["group"]}")
        );
    }

    [Fact]
    public async Task WhyARunWentAsItDidIsWhatTheCommandSays()
    {
        _runs.Write();

        var why = await GetAsync("runs/latest/why");

        Assert.Equal("mm/why/v1", (string?)why["schema"]);
        Assert.Equal("r-7f3k9q", (string?)why["run"]);
        Assert.Equal("finished", (string?)why["status"]);
    }

    [Fact]
    public async Task AConfigurationIsTextWithItsOriginsAndTheSpecification()
    {
        _runs.Write();

        var config = await GetAsync("runs/r-7f3k9q/config");

        Assert.Contains("name: some  # from --name", (string)config["yaml"]!, StringComparison.Ordinal);
        Assert.Equal("mm-drw", (string?)config["specification"]!["method"]!["name"]);
    }

    [Fact]
    public async Task SeriesHoldTheRunsNumbers()
    {
        _runs.Write(epochs: 165);

        var metrics = await GetAsync("runs/r-7f3k9q/metrics?names=train_loss,few&from=3");

        Assert.Equal(160, (int?)metrics["switch_epoch"]);
        Assert.Equal(["few", "train_loss"], metrics["series"]!.AsObject().Select(one => one.Key).Order());
        var loss = metrics["series"]!["train_loss"]!;
        Assert.Equal(Enumerable.Range(3, 163), loss["epoch"]!.AsArray().Select(epoch => (int)epoch!));
        Assert.Equal(2.0 / 3, (double)loss["value"]![0]!);
    }

    [Fact]
    public async Task SeriesAreThinnedToWhatIsAsked()
    {
        _runs.Write();

        var loss = (await GetAsync("runs/r-7f3k9q/metrics?names=train_loss&points=10"))["series"]![
            "train_loss"
        ]!;

        Assert.InRange(loss["epoch"]!.AsArray().Count, 2, 10);
        Assert.Equal([1, 200], new[] { (int)loss["epoch"]![0]!, (int)loss["epoch"]!.AsArray()[^1]! });
    }

    [Fact]
    public async Task MetricsAreAlsoTheFileItself()
    {
        var folder = _runs.Write(epochs: 2);
        using var request = new HttpRequestMessage(HttpMethod.Get, "runs/r-7f3k9q/metrics");
        request.Headers.Accept.Add(new("text/csv"));

        using var answer = await Client.SendAsync(request);

        Assert.Equal(await File.ReadAllTextAsync(folder.Metrics), await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TrainersOfARunThatNobodyTrainsHaveLeft()
    {
        _runs.Write();

        var trainers = (await GetAsync("runs/r-7f3k9q/trainers"))["trainers"]!.AsArray();

        Assert.Equal(
            ["local/t0 left", "local/t1 left"],
            trainers.Select(one => $"{one!["trainer"]} {one["state"]}")
        );
    }

    [Fact]
    public async Task TrainersOfALiveRunSayWhatTheyDo()
    {
        _runs.Write();
        _runs.Live.Add("r-7f3k9q");
        _runs.Grain = ScriptedRun.Create().Run;

        var trainers = (await GetAsync("runs/r-7f3k9q/trainers"))["trainers"]!.AsArray();

        Assert.Equal("silo-0/t0", (string?)trainers[0]!["trainer"]);
        Assert.Equal(0.8, (double?)trainers[0]!["compute_share"]);
    }

    [Fact]
    public async Task LogsOfSeveralSilosComeInTheOrderOfTimeAndGoOnWhereOneStopped()
    {
        var folder = _runs.Write();
        await File.WriteAllTextAsync(
            folder.LogOf("a"),
            "2026-01-05T10:00:01.000Z info    a/t0 one\n2026-01-05T10:00:03.000Z warning a/t0 three\n"
        );
        await File.WriteAllTextAsync(folder.LogOf("b"), "2026-01-05T10:00:02.000Z info    b/t0 two\n");

        Assert.Equal(
            ["one", "two", "three"],
            (await LinesAsync("runs/r-7f3k9q/logs")).Select(line => (string?)line["message"])
        );
        Assert.Equal(
            ["two"],
            (await LinesAsync("runs/r-7f3k9q/logs?trainer=b/t0")).Select(line => (string?)line["message"])
        );
    }

    [Fact]
    public async Task FilesOfAReportComeWholeInRangesAndNotTwice()
    {
        var folder = _runs.Write();
        Directory.CreateDirectory(folder.Report);
        await File.WriteAllTextAsync(Path.Combine(folder.Report, "metrics.json"), "0123456789");

        using var whole = await Client.GetAsync("runs/r-7f3k9q/report/metrics.json");
        using var part = await SendAsync(
            "runs/r-7f3k9q/report/metrics.json",
            headers => headers.Range = new(2, 4)
        );
        using var again = await SendAsync(
            "runs/r-7f3k9q/report/metrics.json",
            headers => headers.IfNoneMatch.Add(whole.Headers.ETag!)
        );

        Assert.Equal("0123456789", await whole.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("234", await part.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task AReportsPageGetsNoScriptAndNoOriginOfThisPage()
    {
        var folder = _runs.Write();
        Directory.CreateDirectory(folder.Report);
        await File.WriteAllTextAsync(Path.Combine(folder.Report, "index.html"), "<script>alert(1)</script>");

        using var answer = await Client.GetAsync("runs/r-7f3k9q/report/index.html");

        Assert.Contains(
            "sandbox;",
            answer.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("runs/r-7f3k9q/report/..%2Frun.json")]
    [InlineData("runs/r-7f3k9q/report/%2Fetc%2Fpasswd")]
    [InlineData("runs/r-7f3k9q/report/..%5Crun.json")]
    [InlineData("runs/r-7f3k9q/checkpoints/..%2F..%2F/run.json")]
    [InlineData("runs/r-7f3k9q/checkpoints/%2E%2E/run.json")]
    [InlineData("runs/..%2Fr-7f3k9q")]
    [InlineData("runs/%2E%2E/config")]
    public async Task NothingOutsideARunsFolderIsServed(string path)
    {
        var folder = _runs.Write();
        Directory.CreateDirectory(folder.Report);
        Directory.CreateDirectory(folder.Checkpoints);

        using var answer = await Client.GetAsync(new Uri($"{Client.BaseAddress}{path}"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("runs/r-zzzzzz", 404, "MM1007")]
    [InlineData("runs/r-", 409, "MM1009")]
    [InlineData("runs?limit=0", 400, "MM1004")]
    [InlineData("runs?limit=many", 400, "MM1002")]
    [InlineData("runs?cursor=elsewhere", 400, "MM1004")]
    [InlineData("runs/latest/metrics?names=los", 404, "MM1007")]
    [InlineData("runs/latest/metrics?points=3", 400, "MM1004")]
    [InlineData("runs/latest/events?after=7", 400, "MM1004")]
    [InlineData("runs/latest/logs?after=7", 400, "MM1004")]
    [InlineData("runs/latest/report/index.html", 404, "MM1007")]
    [InlineData("cluster", 404, "MM1007")]
    [InlineData("nonsense", 404, "MM1007")]
    public async Task EveryErrorHasACodeAndAFix(string path, int status, string code)
    {
        _runs.Write("r-00000a", 1);
        _runs.Write("r-00000b", 1);

        using var answer = await Client.GetAsync(path);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal(status, (int?)problem["status"]);
        Assert.NotEmpty((string?)problem["fix"] ?? "");
        Assert.DoesNotContain("   at ", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoppingALiveRunTellsItsGrainAndTwiceIsNoMistake()
    {
        _runs.Write();
        _runs.Live.Add("r-7f3k9q");
        var (run, script) = ScriptedRun.Create();
        _runs.Grain = run;

        using var answer = await Client.PostAsync("runs/r-7f3k9q/stop", null);
        _runs.Live.Clear();
        using var again = await Client.PostAsync("runs/r-7f3k9q/stop", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("stopping", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["status"]);
        Assert.Equal([(false, "request")], script.Stops);
        Assert.Equal("finished", (string?)(await again.Content.ReadFromJsonAsync<JsonObject>())!["status"]);
    }

    [Fact]
    public async Task OnlyARunThatHasEndedIsRemovedAndOnlyByItsWholeId()
    {
        var folder = _runs.Write();
        _runs.Live.Add("r-7f3k9q");

        Assert.Equal(HttpStatusCode.Conflict, (await Client.DeleteAsync("runs/r-7f3k9q")).StatusCode);
        _runs.Live.Clear();
        Assert.Equal(HttpStatusCode.BadRequest, (await Client.DeleteAsync("runs/latest")).StatusCode);
        Assert.True(folder.Exists);
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync("runs/r-7f3k9q")).StatusCode);
        Assert.False(Directory.Exists(folder.Path));
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync("runs/r-7f3k9q")).StatusCode);
    }

    [Fact]
    public async Task ASiloSaysItsTransportToEveryOtherOne()
    {
        _runs.Cluster = ScriptedCluster.Create();

        var silos = (await GetAsync("cluster"))["silos"]!.AsArray();

        Assert.Equal(
            [
                "silo-1 memory, silo-2 calls, silo-3 calls",
                "silo-0 null, silo-2 null, silo-3 null", // nothing was exchanged yet
                null, // it did not say
                null,
            ],
            silos.Select(silo =>
                silo!["transports"]?.AsArray() is { } uses
                    ? string.Join(
                        ", ",
                        uses.Select(use => $"{use!["silo"]} {use["transport"]?.ToString() ?? "null"}")
                    )
                    : null
            )
        );
    }

    [Fact]
    public async Task AFolderStartsNoRun()
    {
        using var answer = await Client.PostAsJsonAsync(
            "runs",
            new { specification = new { }, settings = new { } }
        );

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("MM3001", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"]);
    }

    [Fact]
    public async Task ALargeBodyIsRefused()
    {
        _runs.Cluster = ScriptedCluster.Create();
        using var answer = await Client.PostAsync(
            "runs",
            new StringContent(new string(' ', 2 << 20), new MediaTypeHeaderValue("application/json"))
        );

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task TooManyWritesAreToldToWait()
    {
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 30; i++)
            answers.Add((await Client.DeleteAsync("runs/r-zzzzzz")).StatusCode);

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.NoContent, answers[0]);
    }

    [Fact]
    public async Task TheDescriptionIsOpenApi31AndListsEveryRoute()
    {
        var document = JsonNode.Parse(
            await Client.GetStringAsync(new Uri(_server.Address, "/openapi/v1.json"))
        )!;

        Assert.StartsWith("3.1.", (string?)document["openapi"], StringComparison.Ordinal);
        Assert.Equal(
            [
                "/cluster",
                "/cluster/silos",
                "/cluster/silos/{name}/drain",
                "/data",
                "/metrics",
                "/presets",
                "/runs",
                "/runs/{id}",
                "/runs/{id}/checkpoints",
                "/runs/{id}/checkpoints/{name}/{file}",
                "/runs/{id}/config",
                "/runs/{id}/events",
                "/runs/{id}/files",
                "/runs/{id}/files/{name}",
                "/runs/{id}/logs",
                "/runs/{id}/metrics",
                "/runs/{id}/report",
                "/runs/{id}/report/{file}",
                "/runs/{id}/resume",
                "/runs/{id}/status",
                "/runs/{id}/stop",
                "/runs/{id}/trainers",
                "/runs/{id}/watch",
                "/runs/{id}/why",
                "/schema/run.json",
                "/version",
            ],
            document["paths"]!
                .AsObject()
                .Select(path => path.Key["/api/v1".Length..])
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task WithTokensEverybodyShowsOneAndAViewerChangesNothing()
    {
        const string viewer = "viewer-0123456789abcdef";
        const string @operator = "operator-0123456789abcdef";
        var folder = _runs.Write();
        await using var server = await TestServer.StartAsync(
            _runs,
            $"viewer {viewer}\noperator {@operator}",
            from: "10.1.2.3"
        );

        async Task<HttpStatusCode> Ask(HttpMethod method, string path, string? token)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = token is null ? null : new("Bearer", token);
            using var answer = await server.Client.SendAsync(request);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(HttpMethod.Get, "runs", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(HttpMethod.Get, "/openapi/v1.json", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(HttpMethod.Get, "runs", "somebody-0123456789"));
        Assert.Equal(HttpStatusCode.OK, await Ask(HttpMethod.Get, "runs", viewer));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(HttpMethod.Delete, "runs/r-7f3k9q", viewer));
        Assert.True(folder.Exists);
        Assert.Equal(HttpStatusCode.NoContent, await Ask(HttpMethod.Delete, "runs/r-7f3k9q", @operator));
        // The page itself holds nothing of any run, and asks for the token.
        Assert.Equal(HttpStatusCode.OK, await Ask(HttpMethod.Get, "/", null));
    }

    [Fact]
    public async Task WhoAskedForAReportWithATokenMayOpenItWithoutOneForAWhile()
    {
        const string viewer = "viewer-0123456789abcdef";
        var folder = _runs.Write();
        Directory.CreateDirectory(folder.Report);
        await File.WriteAllTextAsync(Path.Combine(folder.Report, "index.html"), "<p>report</p>");
        await using var server = await TestServer.StartAsync(_runs, $"viewer {viewer}", from: "10.1.2.3");
        const string page = "runs/r-7f3k9q/report/index.html";
        using var before = await server.Client.GetAsync(page);

        using var request = new HttpRequestMessage(HttpMethod.Get, "runs/r-7f3k9q/report");
        request.Headers.Authorization = new("Bearer", viewer);
        using var listed = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, before.StatusCode);
        Assert.Equal(
            "index.html",
            (string?)JsonNode.Parse(await listed.Content.ReadAsStringAsync())!["files"]![0]!["name"]
        );
        var cookie = listed.Headers.GetValues("Set-Cookie").Single();
        foreach (
            var part in (string[])
                ["path=/api/v1/runs/r-7f3k9q/report", "max-age=120", "httponly", "samesite=strict"]
        )
            Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("<p>report</p>", await server.Client.GetStringAsync(page));
        // The client would not send it elsewhere; whoever does gets nothing.
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, "runs");
        elsewhere.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var refused = await server.Client.SendAsync(elsewhere);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task WithoutTokensOthersThanThisMachineGetNothing()
    {
        _runs.Write();
        await using var server = await TestServer.StartAsync(_runs, from: "10.1.2.3");

        foreach (
            var path in (string[])["runs", "runs/latest", "version", "/openapi/v1.json", "/", "/page/app.mjs"]
        )
        {
            using var answer = await server.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains(
                "no tokens are configured",
                await answer.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        }
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!;

    private async Task<IReadOnlyList<JsonNode>> LinesAsync(string path) =>
        [
            .. (await Client.GetStringAsync(path))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!),
        ];

    private Task<HttpResponseMessage> SendAsync(string path, Action<HttpRequestHeaders> set)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        set(request.Headers);
        return Client.SendAsync(request);
    }

    private static IEnumerable<string?> Ids(JsonNode list) =>
        list["runs"]!.AsArray().Select(run => (string?)run!["id"]);
}

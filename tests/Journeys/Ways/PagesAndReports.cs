using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MMOrleans.Journeys.Ways;

/// <summary>What there is to look at.</summary>
public sealed class PagesAndReports(SharedRuns shared) : Journey(shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task AReportIsWrittenAndServedBesideTheRun()
    {
        await Shared.CopyToAsync(Path.Combine(Shell.Folder, "runs"));
        var written = await TypeAsync($"mm report whole --data-dir '{Shared.Folders}' --output runs");
        var page = written.Printed.Split("report", 2)[1].Trim();
        Assert.Contains(
            "light house",
            await File.ReadAllTextAsync(Path.Combine(Shell.Folder, page)),
            StringComparison.Ordinal
        );
        Assert.Equal(
            await Shared.HashAsync(),
            (string?)(await TypeAsync("mm show latest --json")).Json["state_sha256"]
        );

        await using var serving = Shell.Start("mm ui runs --port 0 --json");
        await serving.SaysAsync("address");
        await serving.SaysAsync("}");
        var address = (string)JsonNode.Parse(serving.Printed)!["address"]!;
        using var http = new HttpClient { BaseAddress = new(address), Timeout = Patience };
        await LookAsync(http, "whole", await Shared.HashAsync());
        Assert.Contains(
            "index.html",
            await http.GetStringAsync("/api/v1/runs/whole/report"),
            StringComparison.Ordinal
        );
        serving.PressControlC();
        await serving.EndAsync();
    }

    [Fact]
    public async Task ThePageIsServedWhileARunTrains()
    {
        await using var training = Shell.Start(
            "mm train --preset tiny --epochs 500 --model resnet8 --no-progress --name live --ui 0"
        );
        await training.SaysAsync("http://127.0.0.1:");
        await training.SaysAsync("epoch=1/");
        var all = training.Printed + training.Said;
        var address = System.Text.RegularExpressions.Regex.Match(all, @"http://127\.0\.0\.1:\d+").Value;
        using var http = new HttpClient { BaseAddress = new(address), Timeout = Patience };
        await LookAsync(http, "live", hash: null);
        training.PressControlC();
        await training.EndAsync(130);
    }

    /// <summary>The page, the run, its numbers and its events.</summary>
    internal static async Task LookAsync(HttpClient http, string run, string? hash)
    {
        Assert.Contains("<html", await http.GetStringAsync("/"), StringComparison.OrdinalIgnoreCase);
        var runs = (await http.GetFromJsonAsync<JsonObject>("/api/v1/runs"))!["runs"]!.AsArray();
        Assert.Contains(runs, listed => (string?)listed!["name"] == run);
        var record = (await http.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{run}"))!;
        if (hash is not null)
            Assert.Equal(hash, (string?)record["state_sha256"]);
        Assert.NotEmpty((await http.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{run}/metrics"))!);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/runs/{run}/events");
        request.Headers.Accept.Add(new("text/event-stream"));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        using var patience = new CancellationTokenSource(Patience);
        while (await lines.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith("event: timeline", StringComparison.Ordinal))
                return;
        Assert.Fail("the stream of events ended without an event");
    }
}

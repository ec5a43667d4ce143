using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace MMOrleans.Api.Tests.Events;

public sealed class RunStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SomeRuns _runs = new();

    [Fact]
    public async Task AStreamThatBreaksAnywhereGoesOnWithoutAGapOrARepeat()
    {
        var folder = _runs.Write(epochs: 40);
        await using var server = await TestServer.StartAsync(_runs);
        var told = new List<string>();
        string? last = null;

        // Seven events, then the line breaks; meanwhile more are told.
        for (var connection = 0; told.Count < 60; connection++)
        {
            if (connection == 3)
                SomeRuns.Tell(folder, 40, 60);
            await foreach (var item in ReadAsync(server, last))
            {
                if (item.EventType != "timeline")
                    continue;
                told.Add((string)JsonNode.Parse(item.Data)!["message"]!);
                last = item.EventId;
                if (told.Count % 7 == 0 || told.Count == 60)
                    break;
            }
        }

        Assert.Equal(Enumerable.Range(1, 60).Select(epoch => $"epoch {epoch}"), told);
    }

    [Fact]
    public async Task AResumeThatCutsTheTimelineIsToldAsABeginningAgain()
    {
        var folder = _runs.Write(epochs: 10);
        await using var server = await TestServer.StartAsync(_runs);
        var last = (await TakeAsync(server, null, "timeline", 10))[^1].EventId;
        folder.CutAfter(8, 8 * 97);
        SomeRuns.Tell(folder, 8, 9);

        var items = await TakeAsync(server, last, null, 10);

        Assert.Equal("reset", items[0].EventType);
        Assert.Equal(
            Enumerable.Range(1, 9).Select(epoch => $"epoch {epoch}"),
            items
                .Skip(1)
                .Where(item => item.EventType == "timeline")
                .Select(item => (string?)JsonNode.Parse(item.Data)!["message"])
        );
    }

    [Fact]
    public async Task WhatIsAskedForInLinesGoesOnWithTheSameIds()
    {
        var folder = _runs.Write(epochs: 5);
        await using var server = await TestServer.StartAsync(_runs);
        var lines = await LinesAsync(server, "");
        SomeRuns.Tell(folder, 5, 6);

        Assert.Equal(5, lines.Count);
        Assert.Equal(
            ["epoch 6"],
            (await LinesAsync(server, $"?after={lines[^1]["id"]}")).Select(line => (string?)line["message"])
        );
    }

    [Fact]
    public async Task ALiveRunSaysHowFarItIs()
    {
        _runs.Write(epochs: 2);
        _runs.Live.Add("r-7f3k9q");
        _runs.Grain = ScriptedRun.Create().Run;
        await using var server = await TestServer.StartAsync(_runs);

        var progress = JsonNode.Parse((await TakeAsync(server, null, "progress", 2))[^1].Data)!;

        Assert.Equal(61, (int?)progress["round_of_epoch"]);
        Assert.Equal(720, (double?)progress["left_seconds"]);
        Assert.Equal("0-1", (string?)progress["trainers"]![0]!["slots"]);
        Assert.Null(progress["loss"]); // not a number yet
    }

    [Fact]
    public async Task AnEpochIsToldWithinASecond()
    {
        // What is served looks four times a second; the limit here only tells that it does not wait for a heartbeat.
        var folder = _runs.Write(epochs: 2);
        _runs.Live.Add("r-7f3k9q");
        await using var server = await TestServer.StartAsync(_runs);
        var said = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var item in ReadAsync(server, null))
            {
                if (item.EventType == "beat")
                    said.TrySetResult();
                if (item.EventType == "changed" && (int?)JsonNode.Parse(item.Data)!["epoch"] == 3)
                    return true;
            }

            return false;
        });
        await said.Task.WaitAsync(Patience);

        SomeRuns.Complete(folder, 3);

        Assert.True(await reading.WaitAsync(Patience));
    }

    [Fact]
    public async Task AServerThatGoesEndsItsStreams()
    {
        _runs.Write(epochs: 2);
        await using var server = await TestServer.StartAsync(_runs);
        var reading = Task.Run(async () =>
        {
            var count = 0;
            await foreach (var _ in ReadAsync(server, null))
                if (++count == 2)
                    _runs.Stop();
            return count;
        });

        Assert.True(await reading.WaitAsync(Patience) >= 2);
    }

    public void Dispose() => _runs.Dispose();

    private static async Task<List<SseItem<string>>> TakeAsync(
        TestServer server,
        string? last,
        string? kind,
        int count
    )
    {
        var items = new List<SseItem<string>>();
        await foreach (var item in ReadAsync(server, last))
        {
            if (kind is null || item.EventType == kind)
                items.Add(item);
            if (items.Count == count)
                break;
        }

        return items;
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(TestServer server, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "runs/r-7f3k9q/events");
        request.Headers.Accept.Add(new("text/event-stream"));
        if (last is not null)
            request.Headers.Add("Last-Event-ID", last);
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            yield return item;
    }

    private static async Task<IReadOnlyList<JsonNode>> LinesAsync(TestServer server, string query) =>
        [
            .. (await server.Client.GetStringAsync($"runs/r-7f3k9q/events{query}"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!),
        ];
}

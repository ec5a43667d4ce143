using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace MMOrleans.Bench.Soak;

/// <summary>Looks at a run as the web page does, and follows its logs, until it is told to leave.</summary>
internal sealed class PageVisit(HttpClient rest, string run) : IAsyncDisposable
{
    // What the page asks for when a run changes.
    private static readonly string[] Parts =
    [
        "",
        "/config",
        "/metrics?names=train_loss,accuracy",
        "/trainers",
        "/checkpoints",
    ];

    private readonly CancellationTokenSource _leave = new();
    private Task _following = Task.CompletedTask;
    private int _events;
    private int _lines;

    /// <summary>What the timeline told.</summary>
    public int Events => _events;

    /// <summary>Lines of the log.</summary>
    public int Lines => _lines;

    public async Task BeginAsync()
    {
        await LookAsync();
        _following = Task.WhenAll(
            FollowAsync(
                "events",
                async kind =>
                {
                    if (kind == "timeline")
                        _events++;
                    if (kind == "changed")
                        await LookAsync();
                }
            ),
            FollowAsync(
                "logs",
                kind =>
                {
                    if (kind == "log")
                        _lines++;
                    return Task.CompletedTask;
                }
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync();
        await _following;
        _leave.Dispose();
    }

    private async Task LookAsync()
    {
        foreach (var part in Parts)
            await rest.GetStringAsync($"runs/{run}{part}", _leave.Token);
    }

    private async Task FollowAsync(string what, Func<string, Task> on)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/{what}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        try
        {
            using var answer = await rest.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                _leave.Token
            );
            answer.EnsureSuccessStatusCode();
            await using var stream = await answer.Content.ReadAsStreamAsync(_leave.Token);
            await foreach (
                var item in SseParser
                    .Create(stream, (_, data) => JsonNode.Parse(data))
                    .EnumerateAsync(_leave.Token)
            )
                await on(item.EventType);
        }
        catch (OperationCanceledException) when (_leave.IsCancellationRequested)
        {
            // The visitor leaves.
        }
    }
}

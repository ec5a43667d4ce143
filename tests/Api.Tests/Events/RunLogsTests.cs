using System.Net.ServerSentEvents;

namespace MMOrleans.Api.Tests.Events;

public sealed class RunLogsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SomeRuns _runs = new();

    /// <summary>Without a byte of it, clients and proxies give the answer up after a minute or two: a queued run may be silent for hours.</summary>
    [Fact]
    public async Task WhoFollowsTheLogsOfASilentRunIsToldAtOnceThatTheLineIsAlive()
    {
        _runs.Write(epochs: 2);
        await using var server = await TestServer.StartAsync(_runs);
        using var request = new HttpRequestMessage(HttpMethod.Get, "runs/r-7f3k9q/logs");
        request.Headers.Accept.Add(new("text/event-stream"));
        using var patience = new CancellationTokenSource(Patience);

        using var answer = await server.Client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            patience.Token
        );
        await using var stream = await answer.Content.ReadAsStreamAsync(patience.Token);
        await using var items = SseParser.Create(stream).EnumerateAsync(patience.Token).GetAsyncEnumerator();

        Assert.True(await items.MoveNextAsync());
        Assert.Equal("beat", items.Current.EventType);
    }

    public void Dispose() => _runs.Dispose();
}

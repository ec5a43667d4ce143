using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using MMOrleans.Grains.Tests;

namespace MMOrleans.Api.Tests.Page;

/// <summary>A real browser without a window, spoken to over the DevTools protocol; notes what a page asks for and complains of.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _open = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Task _listening;
    private int _next;

    private Browser(TemporaryFolder profile, Process process, ClientWebSocket socket)
    {
        (_profile, _process, _socket) = (profile, process, socket);
        _listening = ListenAsync();
    }

    /// <summary>The program; null where there is none.</summary>
    public static string? Program { get; } =
        (
            (string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        ).FirstOrDefault(File.Exists);

    /// <summary>Addresses that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Faults, warnings and what a policy kept from running.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Opens a page of its own, and does not wait until it is drawn.</summary>
    public static async Task<Browser> OpenAsync(string address, int width = 1400)
    {
        Assert.SkipWhen(Program is null, "there is no chromium on this machine: apt-get install chromium");
        var profile = new TemporaryFolder();
        var process = Process.Start(
            new ProcessStartInfo(
                Program!,
                [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-background-networking",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    $"--window-size={width},900",
                    $"--user-data-dir={profile.Path}",
                    "--remote-debugging-port=0",
                    "about:blank",
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        _ = process.StandardError.ReadToEndAsync();
        var port = await PortAsync(profile["DevToolsActivePort"]);
        using var http = new HttpClient();
        JsonNode? target = null;
        await Until(async () =>
        {
            var targets = JsonNode
                .Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json"))!
                .AsArray();
            target = targets.FirstOrDefault(one => (string?)one!["type"] == "page");
            return target is not null;
        });
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new((string)target!["webSocketDebuggerUrl"]!), CancellationToken.None);
        var browser = new Browser(profile, process, socket);
        foreach (var domain in (string[])["Page", "Runtime", "Network", "Log"])
            await browser.SendAsync($"{domain}.enable");
        await browser.SendAsync("Page.navigate", new() { ["url"] = address });
        return browser;
    }

    /// <summary>What an expression of the page's language gives.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync(
            "Runtime.evaluate",
            new()
            {
                ["expression"] = expression,
                ["awaitPromise"] = true,
                ["returnByValue"] = true,
            }
        );
        Assert.Null(answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]?["value"]?.DeepClone();
    }

    /// <summary>Waits until an expression is true.</summary>
    public Task WaitAsync(string condition) =>
        Until(async () => (bool?)await EvaluateAsync($"Boolean({condition})") == true);

    /// <summary>Waits for a condition.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, "the condition was not met in time");
            await Task.Delay(50);
        }
    }

    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        var id = Interlocked.Increment(ref _next);
        var answer = _open[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject
            {
                ["id"] = id,
                ["method"] = method,
                ["params"] = parameters ?? [],
            }
        );
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _listening;
        _socket.Dispose();
        _process.Dispose();
        _sending.Dispose();
        _profile.Dispose();
    }

    private static async Task<string> PortAsync(string file)
    {
        await Until(() => Task.FromResult(File.Exists(file) && File.ReadAllLines(file).Length > 0));
        return File.ReadAllLines(file)[0];
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                Take(JsonNode.Parse(message.ToArray())!);
                message.SetLength(0);
            }
        }
        catch (WebSocketException)
        {
            // The browser was ended.
        }
    }

    private void Take(JsonNode message)
    {
        if ((int?)message["id"] is { } id)
        {
            _open[id]
                .TrySetResult(
                    message["result"]
                        ?? new JsonObject { ["exceptionDetails"] = message["error"]?.DeepClone() }
                );
            return;
        }

        var happened = message["params"]!;
        switch ((string?)message["method"])
        {
            case "Network.requestWillBeSent":
                Requests.Enqueue((string)happened["request"]!["url"]!);
                break;
            case "Runtime.exceptionThrown":
                Complaints.Enqueue(happened["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when (string?)happened["type"] is "error" or "warning":
                Complaints.Enqueue(happened["args"]!.ToJsonString());
                break;
            case "Log.entryAdded" when (string?)happened["entry"]!["level"] is "error" or "warning":
                Complaints.Enqueue(happened["entry"]!.ToJsonString());
                break;
        }
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>A server that speaks the Redis protocol, of this test alone: <c>redis-server</c> where there is one, else Garnet as a .NET tool.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly SemaphoreSlim Restoring = new(1, 1);
    private static bool s_restored;

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _process;

    private RedisServer() => Port = Ports.Free(1)[0];

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>SIGKILL, as when its machine dies.</summary>
    public async Task KillAsync()
    {
        await _process!.DisposeAsync();
        _process = null;
    }

    /// <summary>SIGSTOP: its port takes connections, and nobody answers.</summary>
    public void Freeze() => _process!.Freeze();

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _process!.Thaw();

    /// <summary>Starts it on the same port with the data it had.</summary>
    public async Task StartAgainAsync()
    {
        _process = Find("redis-server") is { } redis
            ? new(
                redis,
                [
                    "--port",
                    $"{Port}",
                    "--bind",
                    "127.0.0.1",
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                    "--dir",
                    _folder.Path,
                ],
                _folder.Path
            )
            : await GarnetAsync();
        var began = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || began.Elapsed > StartPatience)
                throw new TimeoutException($"the Redis server does not answer:\n{_process.Output}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<ChildProcess> GarnetAsync()
    {
        var tools = AppContext.BaseDirectory;
        await Restoring.WaitAsync(CancellationToken.None);
        try
        {
            if (!s_restored)
            {
                await using var restore = new ChildProcess("dotnet", ["tool", "restore"], tools);
                if (await restore.EndAsync(TimeSpan.FromMinutes(5)) != 0)
                    throw new InvalidOperationException(restore.Output);
                s_restored = true;
            }
        }
        finally
        {
            Restoring.Release();
        }

        // Orleans' storage uses scripts, which Garnet refuses unless told.
        return new(
            "dotnet",
            [
                "tool",
                "run",
                "garnet-server",
                "--",
                "--port",
                $"{Port}",
                "--bind",
                "127.0.0.1",
                "--lua",
                "--aof",
                "--aof-commit-freq",
                "0",
                "--recover",
                // The usual device needs a library that a bare machine lacks.
                "--device-type",
                "RandomAccess",
                "--checkpointdir",
                _folder.Path,
                "--memory",
                "64m",
                "--page",
                "1m",
                "--index",
                "1m",
                "--aof-memory",
                "16m",
                "--aof-page-size",
                "4m",
            ],
            tools
        );
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[7];
            await stream.ReadExactlyAsync(answer);
            return Encoding.ASCII.GetString(answer) == "+PONG\r\n";
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

#pragma warning disable RS0030 // Where programs are is the machine's business, and no setting.
    private static string? Find(string program) =>
#pragma warning disable RS0030 // Only the environment says where programs are.
        Environment
            .GetEnvironmentVariable("PATH")
#pragma warning restore RS0030
            ?.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
#pragma warning restore RS0030
}

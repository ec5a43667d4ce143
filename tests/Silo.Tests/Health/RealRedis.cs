using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Silo.Tests.Health;

/// <summary>A <c>redis-server</c> with settings of its own, for one test; skips the test where there is none.</summary>
internal sealed class RealRedis : IAsyncDisposable
{
    private readonly Grains.Tests.TemporaryFolder _folder = new();
    private readonly Process _process;

    private RealRedis(string program, int port, string[] settings)
    {
        Port = port;
        var file = Path.Combine(_folder.Path, "redis.conf");
        // By a file: the command line of the server has rules of its own for quotes and blanks.
        File.WriteAllLines(file, [$"dir {_folder.Path}", "save \"\"", "bind 127.0.0.1 -::1", .. settings]);
        _process = Process.Start(
            new ProcessStartInfo(program, [file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    public int Port { get; }

    public static async Task<RealRedis> StartAsync(params string[] settings)
    {
        var port = FreePort();
        return await StartAsync(port, [$"port {port}", .. settings]);
    }

    /// <summary>Starts it with every setting but where it lies; the port is in them.</summary>
    public static async Task<RealRedis> StartAsync(int port, string[] settings)
    {
        var program = Find();
        Assert.SkipWhen(program is null, "there is no redis-server on this machine to test with");
        var server = new RealRedis(program!, port, settings);
        while (!await server.ListensAsync())
        {
            Assert.False(server._process.HasExited, "redis-server ended");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return server;
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? Find() =>
        Environment
            .GetEnvironmentVariable("PATH")
            ?.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server"))
            .FirstOrDefault(File.Exists);
}

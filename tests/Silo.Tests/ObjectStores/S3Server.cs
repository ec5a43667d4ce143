using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MMOrleans.Silo.Tests.ObjectStores;

/// <summary>A real server that speaks S3, for as long as the tests of a class run; the process's variables lead to it.</summary>
public sealed class S3Server : IAsyncLifetime
{
    public const string Bucket = "mm-runs";
    private const string Package = "s3rver@3.7.1";

    private readonly Grains.Tests.TemporaryFolder _folder = new();
    private Process? _server;
    private string? _absent;

    public async ValueTask InitializeAsync()
    {
        var home = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../obj/s3rver"));
        var script = Path.Combine(home, "node_modules", "s3rver", "bin", "s3rver.js");
        Directory.CreateDirectory(home);
        try
        {
            if (!File.Exists(script))
            {
                using var install = Start(
                    "npm",
                    "install",
                    "--prefix",
                    home,
                    "--no-audit",
                    "--no-fund",
                    Package
                );
                await install.WaitForExitAsync();
                if (!File.Exists(script))
                {
                    _absent = $"npm could not install {Package}";
                    return;
                }
            }

            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            _server = Start(
                "node",
                script,
                "--directory",
                _folder.Path,
                "--port",
                $"{port}",
                "--silent",
                "--configure-bucket",
                Bucket
            );
            Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", $"http://127.0.0.1:{port}");
            Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
            Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
            while (!await AnswersAsync(port))
                if (_server.HasExited)
                    throw new InvalidOperationException($"{Package} ended with {_server.ExitCode}");
        }
        catch (Win32Exception)
        {
            _absent = "node and npm are not on this machine";
        }
    }

    /// <summary>Skips a test where there is no such server.</summary>
    public void Require() => Assert.SkipWhen(_absent is not null, $"no S3 server to test with: {_absent}");

    public ValueTask DisposeAsync()
    {
        _server?.Kill();
        _server?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            await Task.Delay(50);
            return false;
        }
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace MMOrleans.Bench;

/// <summary>Silos as processes of their own, one trainer each, and a client of them in this process.</summary>
internal sealed class SiloProcesses : IAsyncDisposable
{
    private const string ClusterId = "bench";
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(60);

    private readonly List<Process> _processes = [];
    private IHost? _client;

    private SiloProcesses() { }

    public IGrainFactory Grains => _client!.Services.GetRequiredService<IGrainFactory>();

    public static async Task<SiloProcesses> StartAsync(int silos, string runs)
    {
        var started = new SiloProcesses();
        try
        {
            var ports = FreePorts(2 * silos);
            for (var i = 0; i < silos; i++)
                await started.StartAsync(i, ports, runs);
            var builder = Host.CreateEmptyApplicationBuilder(new());
            builder.UseOrleansClient(client =>
            {
                client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, ports[1]));
                client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (ClusterId, "mmorleans"));
            });
            started._client = builder.Build();
            await started._client.StartAsync();
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task StartAsync(int index, int[] ports, string runs)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "mm-silo.dll"),
            "--name",
            $"silo-{index}",
            "--cluster-id",
            ClusterId,
            "--port",
            $"{ports[2 * index]}",
            "--gateway-port",
            $"{ports[(2 * index) + 1]}",
            "--runs",
            runs,
            "--device",
            "cpu",
            "--trainers",
            "1",
            .. index > 0 ? ["--primary", $"127.0.0.1:{ports[0]}"] : Array.Empty<string>(),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        _processes.Add(process);
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        void Note(string? line)
        {
            if (line is null)
                return;
            lock (said)
                said.Add(line);
            if (line.Contains("is a member of", StringComparison.Ordinal))
                joined.TrySetResult();
        }

        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (
            await Task.WhenAny(joined.Task, process.WaitForExitAsync(), Task.Delay(JoinPatience))
            != joined.Task
        )
            throw new InvalidOperationException(
                $"silo-{index} did not join:{Environment.NewLine}{string.Join(Environment.NewLine, said)}"
            );
    }

    /// <summary>Ports that nothing listens on.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable
            .Range(0, count)
            .Select(_ => new TcpListener(IPAddress.Loopback, 0))
            .ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}

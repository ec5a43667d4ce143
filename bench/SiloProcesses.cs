using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace MMOrleans.Bench;

/// <summary>Silos as processes of their own, and a client of them in this process.</summary>
internal sealed class SiloProcesses : IAsyncDisposable
{
    private const string ClusterId = "bench";

    private readonly List<StartedSilo> _silos = [];
    private IHost? _client;

    private SiloProcesses() { }

    public IReadOnlyList<StartedSilo> Silos => _silos;

    /// <summary>Of the client.</summary>
    public IServiceProvider Services => _client!.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts them, one after another.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="runs">Folder of the runs.</param>
    /// <param name="data">Folder of images that runs may name; null for none.</param>
    /// <param name="trainers">Trainers of each.</param>
    /// <param name="withPage">Whether they serve the page, REST and metrics.</param>
    public static async Task<SiloProcesses> StartAsync(
        int silos,
        string runs,
        string? data,
        int trainers = 1,
        bool withPage = false
    )
    {
        var started = new SiloProcesses();
        try
        {
            string[] common =
            [
                "--cluster-id",
                ClusterId,
                "--runs",
                runs,
                "--trainers",
                $"{trainers}",
                .. data is null ? [] : (string[])["--data", Path.GetFullPath(data)],
            ];
            for (var i = 0; i < silos; i++)
            {
                var primary = started._silos.Select(silo => $"127.0.0.1:{silo.Ports.Silo}").Take(1);
                started._silos.Add(
                    await StartedSilo.StartAsync(
                        $"silo-{i}",
                        SiloPorts.Free(withPage),
                        [.. common, .. primary.SelectMany(address => (string[])["--primary", address])]
                    )
                );
            }

            started._client = await ConnectAsync(started._silos[0].Ports.Gateway);
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

        foreach (var silo in _silos)
            await silo.DisposeAsync();
    }

    private static async Task<IHost> ConnectAsync(int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gateway));
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (ClusterId, "mmorleans"));
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
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

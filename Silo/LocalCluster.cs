using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Faults;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Logging;
using MMOrleans.Silo.Storage;
using MMOrleans.Silo.Telemetry;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace MMOrleans.Silo;

/// <summary>A silo with its trainers in the caller's own process: the whole product on a laptop.</summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private const int MostOfferTries = 3000; // half a minute
    private static readonly TimeSpan OfferPause = TimeSpan.FromMilliseconds(10);

    private readonly IHost _host;

    private LocalCluster(IHost host, int gatewayPort)
    {
        _host = host;
        GatewayPort = gatewayPort;
        Grains = host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>The way to every grain.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>Loopback port where a client of another process may connect.</summary>
    public int GatewayPort { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="FaultException">
    /// MM9001: the native library does not load. MM9002: the device is absent. MM5003: the runs' folder cannot be written.
    /// </exception>
    public static async Task<LocalCluster> StartAsync(
        LocalClusterOptions options,
        CancellationToken cancellationToken = default
    )
    {
        TorchDevices.Require(options.Device);
        try
        {
            Directory.CreateDirectory(options.RunsFolder);
            RunsFolder.Probe(options.RunsFolder, "local");
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw StorageFault.CannotWrite(options.RunsFolder, exception);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder
            .Logging.AddFilter("Orleans", LogLevel.Warning)
            .AddFilter("Polly", LogLevel.Warning)
            .AddFilter<RunLogProvider>("Polly", LogLevel.None) // says of a run that has ended what nobody needs
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddRunLogs(options.RunsFolder, silo: null);
        var (siloPort, gatewayPort) = FreePorts.Two();
        // Before the silo: what is registered first stops last, and so exports what the silo says at its end.
        builder.AddMMOrleansTelemetry(
            "mm",
            new()
            {
                OtlpEndpoint = options.OtlpEndpoint,
                PrometheusPort = options.PrometheusPort,
                RunsFolder = options.RunsFolder,
            }
        );
        builder.AddMMOrleansSilo(
            new()
            {
                Name = "local",
                ClusterId = "local",
                SiloPort = siloPort,
                GatewayPort = gatewayPort,
                RunsFolder = options.RunsFolder,
                Device = options.Device,
                Trainers = options.Trainers,
                IsOwnProcess = true,
            }
        );
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            await OfferAsync(host.Services, cancellationToken);
        }
        catch
        {
            await DisposeAsync(host);
            throw;
        }

        return new(host, gatewayPort);
    }

    /// <summary>Waits until the silo knows its own trainers: it publishes them beside its start, and a run that asked before would find none.</summary>
    private static async Task OfferAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var offers = services.GetRequiredService<ISiloMetadataCache>();
        var silo = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        for (
            var tries = 0;
            tries < MostOfferTries && offers.GetSiloMetadata(silo).Metadata.Count == 0;
            tries++
        )
            await Task.Delay(OfferPause, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await DisposeAsync(_host);
    }

    // A host disposes what it holds, the exporters among it, only asynchronously without losing spans.
    private static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else
            host.Dispose();
    }
}

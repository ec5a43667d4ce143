using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MMOrleans.Grains;
using MMOrleans.Silo.Storage;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace MMOrleans.Silo;

/// <summary>Composes a silo: the one place where grains, devices, storage and clustering meet.</summary>
public static class SiloHosting
{
    /// <summary>Adds everything a silo of this process needs.</summary>
    /// <param name="builder">The host under construction.</param>
    /// <param name="options">Folders, devices, ports.</param>
    /// <param name="siloName">Stable and unique; part of every trainer's name.</param>
    /// <param name="siloPort">Port for other silos, loopback.</param>
    /// <param name="gatewayPort">Port for clients, loopback.</param>
    public static IHostApplicationBuilder AddMMOrleansSilo(
        this IHostApplicationBuilder builder,
        LocalClusterOptions options,
        string siloName,
        int siloPort,
        int gatewayPort
    )
    {
        // Something always blocks a pool thread for a while; the pool otherwise grows by two threads a second.
        ThreadPool.SetMinThreads(Math.Max(8, Environment.ProcessorCount), 8);
        builder.Services.AddMMOrleansGrains(grains =>
        {
            grains.RunsFolder = options.RunsFolder;
            grains.Trainers = options.Trainers;
            grains.Device = options.Device;
            grains.Endpoint = new(
                Environment.ProcessId,
                IPAddress.Loopback.ToString(),
                gatewayPort,
                ClusterId,
                ServiceId,
                TimeProvider.System.GetUtcNow()
            );
        });
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: ServiceId, clusterId: ClusterId);
            silo.Configure<SiloOptions>(o => o.SiloName = siloName);
            silo.Configure<SiloMessagingOptions>(o => o.MaxMessageBodySize = LargestMessage);
            silo.AddMMOrleansPlacement();
            silo.Services.AddGrainStorage(
                ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
                (services, _) =>
                    new FileGrainStorage(
                        Path.Combine(options.RunsFolder, ".control"),
                        services.GetRequiredService<Orleans.Serialization.Serializer>()
                    )
            );
        });
        return builder;
    }

    /// <summary>Name of the service in Orleans' tables.</summary>
    public const string ServiceId = "mmorleans";

    /// <summary>Name of the cluster in Orleans' tables.</summary>
    public const string ClusterId = "local";

    // A chunk is 1 MiB at most; whatever comes near this is a mistake and must not be found out by a closed connection.
    internal const int LargestMessage = 16 << 20;
}

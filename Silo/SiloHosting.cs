using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Silo.Configuration;
using MMOrleans.Silo.Dashboard;
using MMOrleans.Silo.ObjectStores;
using MMOrleans.Silo.Security;
using MMOrleans.Silo.Storage;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace MMOrleans.Silo;

/// <summary>Composes a silo: the one place where grains, devices, storage and clustering meet.</summary>
public static class SiloHosting
{
    /// <summary>Name of the service in Orleans' tables.</summary>
    public const string ServiceId = "mmorleans";

    // A chunk is 1 MiB at most; whatever comes near this is a mistake and must not be found out by a closed connection.
    internal const int LargestMessage = 16 << 20;

    // Names of grains, a trace and a few numbers: hundreds of bytes.
    private const int LargestHeader = 1 << 20;

    // Calls that wait at one grain: followers of a run above all. Calls beyond that are refused at once, and may be retried.
    private const int MostCallsOfAGrain = 10_000;

    // Held back for so long after a silo's death, its grains cannot start elsewhere; terms make a second activation harmless, absence is not.
    private static readonly TimeSpan DirectoryLease = TimeSpan.FromSeconds(5);

    /// <summary>Adds everything a silo of this process needs.</summary>
    public static IHostApplicationBuilder AddMMOrleansSilo(
        this IHostApplicationBuilder builder,
        SiloSettings settings
    )
    {
        // Something always blocks a pool thread for a while; the pool otherwise grows by two threads a second.
        ThreadPool.SetMinThreads(Math.Max(8, Environment.ProcessorCount), 8);
        builder.Services.AddSingleton<IObjectStores>(services => new S3ObjectStores(
            logging: services.GetService<ILoggerFactory>()
        ));
        var grains = builder.Services.AddMMOrleansGrains(options =>
        {
            options.RunsFolder = settings.RunsFolder;
            options.DataFolder = settings.DataFolder;
            options.Checkpoints = settings.Checkpoints;
            options.IsConfined = !settings.IsOwnProcess;
            options.Trainers = settings.Trainers;
            options.Device = settings.Device;
            options.SharesMemory = settings.SharesMemory;
            options.HasVectorConnections = settings.HasVectorConnections;
            options.Address = settings.Address;
            options.VectorsListenAt = new(FreePorts.ListenAt(settings.Address), settings.VectorPort ?? 0);
            options.Gateway = $"{new IPEndPoint(settings.Address, settings.GatewayPort)}";
            options.Writer = now =>
                settings.IsOwnProcess
                    ? WriterIdentity.OfThisProcess(now)
                    : WriterIdentity.OfThisProcess(now, settings.Name, ClusterOf(settings));
            options.Endpoint = settings.IsOwnProcess
                ? new(
                    Environment.ProcessId,
                    settings.Address.ToString(),
                    settings.GatewayPort,
                    settings.ClusterId,
                    ServiceId,
                    TimeProvider.System.GetUtcNow()
                )
                : null;
        });
        builder.UseOrleans(silo =>
        {
            AddClustering(silo, settings);
            silo.Services.AddKeyedSingleton<TimeProvider>(
                MembershipClock.Key,
                (_, _) => new MembershipClock()
            );
            silo.Configure<Orleans.Configuration.SiloOptions>(o => o.SiloName = settings.Name);
            silo.Configure<SiloMessagingOptions>(o =>
            {
                o.MaxMessageBodySize = LargestMessage;
                o.MaxMessageHeaderSize = LargestHeader;
                o.MaxEnqueuedRequestsHardLimit = MostCallsOfAGrain;
            });
            if (settings.Tls is { } files)
                SiloTls.Add(silo, TlsIdentity.Open(files, TlsRole.Silo, TimeProvider.System));
            silo.AddMMOrleansPlacement(grains);
            if (settings.HasDashboard)
                SiloDashboard.Add(silo);
            if (settings.AsksKubernetes)
                silo.UseKubernetesHosting();
        });
        return builder;
    }

    // Without Redis, silos know each other by the port of the first one on its machine, whatever the cluster is called.
    internal static string ClusterOf(SiloSettings settings) =>
        settings.Redis is not null
            ? $"{ServiceId}/{settings.ClusterId}"
            : $"{ServiceId}/{settings.ClusterId}/{settings.Primary?.Port ?? settings.SiloPort}@{Environment.MachineName}";

    private static void AddClustering(ISiloBuilder silo, SiloSettings settings)
    {
        if (settings.Redis is { } redis)
        {
            silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.ClusterId, ServiceId));
            silo.UseRedisClustering(o => o.ConfigurationOptions = redis.Options());
            silo.AddRedisGrainStorageAsDefault(o => o.ConfigurationOptions = redis.Options());
        }
        else
        {
            silo.UseLocalhostClustering(
                settings.SiloPort,
                settings.GatewayPort,
                settings.Primary ?? new IPEndPoint(settings.Address, settings.SiloPort),
                ServiceId,
                settings.ClusterId
            );
            if (settings.IsOwnProcess)
                silo.AddMemoryGrainStorageAsDefault(); // what a process alone knows of its trainers dies with them
            else
                silo.Services.AddGrainStorage(
                    ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
                    (services, _) =>
                        new FileGrainStorage(
                            Path.Combine(settings.RunsFolder, ".control"),
                            services.GetRequiredService<Orleans.Serialization.Serializer>()
                        )
                );
        }

        silo.Configure<EndpointOptions>(o =>
        {
            (o.AdvertisedIPAddress, o.SiloPort, o.GatewayPort) = (
                settings.Address,
                settings.SiloPort,
                settings.GatewayPort
            );
            var listen = FreePorts.ListenAt(settings.Address);
            o.SiloListeningEndpoint = new(listen, settings.SiloListenPort ?? settings.SiloPort);
            o.GatewayListeningEndpoint = new(listen, settings.GatewayListenPort ?? settings.GatewayPort);
        });
        if (settings.Membership is not { } times)
            return;
        silo.Configure<ClusterMembershipOptions>(o =>
        {
            o.ProbeTimeout = times.ProbeTimeout;
            o.MaxProbeTimeout = times.MaxProbeTimeout;
            o.NumMissedProbesLimit = times.MissedProbes;
            o.TableRefreshTimeout = times.TableRefresh;
            o.IAmAliveTablePublishTimeout = times.AliveInterval;
        });
        // With the default directory the death of one silo deactivates healthy grains of the others.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(o => o.RangeLeaseDuration = DirectoryLease);
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Clusters;
using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Security;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Runs;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Trainers;
using MMOrleans.Grains.Transport;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.ObjectStores;
using Orleans.Hosting;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace MMOrleans.Grains;

/// <summary>What the grains need from the silo that hosts them.</summary>
public sealed class GrainsSettings
{
    /// <summary>Folder of the runs.</summary>
    public string RunsFolder { get; set; } = "runs";

    /// <summary>Folder that holds data sets by their names, for runs that name no folder of their own; null for none.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Where checkpoints of runs that name no place are kept beside the run's folder, as <c>s3://bucket/prefix</c>; null for nowhere.</summary>
    public string? Checkpoints { get; set; }

    /// <summary>
    /// Whether requests may name files below <see cref="RunsFolder"/> and <see cref="DataFolder"/> only. Not where they come from the owner
    /// of this very process, who may open what the process may. The same goes for places of checkpoints and <see cref="Checkpoints"/>.
    /// </summary>
    public bool IsConfined { get; set; } = true;

    /// <summary>Trainers to offer; null for one a core or device.</summary>
    public int? Trainers { get; set; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>Address and port for clients.</summary>
    public string Gateway { get; set; } = "";

    /// <summary>Names this process where it writes into a run's folder.</summary>
    public Func<DateTimeOffset, WriterIdentity> Writer { get; set; } =
        now => WriterIdentity.OfThisProcess(now);

    /// <summary>Whether vectors are exchanged through memory with silos of the same machine.</summary>
    public bool SharesMemory { get; set; } = true;

    /// <summary>Whether vectors go to other silos over connections of their own; otherwise in calls.</summary>
    public bool HasVectorConnections { get; set; } = true;

    /// <summary>Where other silos reach this one.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>Where it listens for connections that vectors come over; port 0 is any free one.</summary>
    public IPEndPoint VectorsListenAt { get; set; } = new(IPAddress.Loopback, 0);

    /// <summary>Where clients of other processes connect; null when that is not for a run folder to say.</summary>
    public LocalEndpoint? Endpoint { get; set; }
}

/// <summary>Registers the grains' services: the silo's only way in.</summary>
public static class GrainsHosting
{
    /// <summary>The keys of a configuration that grains read themselves, such as <c>Liveness:Patience</c>, with their defaults.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Keys { get; } =
        typeof(LivenessOptions)
            .GetProperties()
            .ToDictionary(
                key => $"Liveness:{key.Name}",
                key => (TimeSpan)key.GetValue(new LivenessOptions())!
            );

    /// <summary>Adds devices, data, sessions and run books.</summary>
    /// <returns>What was configured.</returns>
    public static GrainsSettings AddMMOrleansGrains(
        this IServiceCollection services,
        Action<GrainsSettings> configure
    )
    {
        var settings = new GrainsSettings();
        configure(settings);
        services.AddOptions<LivenessOptions>().BindConfiguration("Liveness").ValidateOnStart();
        services.AddSingleton<IValidateOptions<LivenessOptions>, LivenessOptionsValidator>();
        services
            .AddOptions<DeviceOptions>()
            .Configure(o => (o.Kind, o.Trainers) = (settings.Device, settings.Trainers))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeviceOptions>, DeviceOptionsValidator>();
        services.AddSingleton(TimeProvider.System);
        services.TryAddSingleton<RunsHere>();
        services.AddSingleton<TrainingTelemetry>();
        services.AddSingleton<IRunSpans>(provider => provider.GetRequiredService<TrainingTelemetry>());
        services.AddHostedService<DeviceTelemetry>();
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton(services =>
            DeviceOffer.Of(services.GetRequiredService<IOptions<DeviceOptions>>().Value)
        );
        services.AddSingleton(
            new TransportSettings(
                settings.SharesMemory,
                settings.HasVectorConnections,
                settings.Address,
                settings.VectorsListenAt
            )
        );
        services.TryAddSingleton<IConnectionSecurity, PlainConnections>();
        services.AddSingleton<VectorListener>();
        services.AddSingleton<VectorTransport>();
        services.AddSingleton<ClusterMembers>();
        services.AddSingleton(new RunCatalogue(settings.RunsFolder));
        var paths = settings.IsConfined
            ? new ClientPaths([.. new[] { settings.RunsFolder, settings.DataFolder }.OfType<string>()])
            : ClientPaths.Anywhere;
        services.AddSingleton(paths);
        services.AddSingleton(new TrainingDataCache(settings.DataFolder, paths));
        services.AddSingleton(services => new CheckpointPlaces(
            services.GetRequiredService<IObjectStores>(),
            settings.Checkpoints is { } place ? ObjectStoreAddress.Parse("--checkpoints", place) : null,
            settings.IsConfined
        ));
        services.AddSingleton<TrainingSessionFactory>();
        services.AddSingleton<StoreHealth>();
        services.AddSingleton(services => new RunDirectoryFactory(
            settings.RunsFolder,
            settings.Endpoint,
            settings.Writer,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<CheckpointPlaces>()
        ));
        return settings;
    }

    /// <summary>Adds the placement of trainers and segments, and publishes what the silo offers.</summary>
    /// <remarks>Loads libtorch to see the devices.</remarks>
    public static ISiloBuilder AddMMOrleansPlacement(this ISiloBuilder silo, GrainsSettings settings)
    {
        silo.Services.AddPlacementDirector<PinnedToSiloPlacement, PinnedToSiloDirector>();
        silo.Services.AddSingleton<IGrainDirectoryResolver, PinnedGrainDirectoryResolver>();
        var offer = DeviceOffer.Of(new() { Kind = settings.Device, Trainers = settings.Trainers });
        silo.UseSiloMetadata(SiloFacts.Of(offer, settings.Gateway));
        return silo;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.DataShards;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Placement;
using MMOrleans.Grains.Runs;
using MMOrleans.Grains.Trainers;
using MMOrleans.Learning.RunFolders;
using Orleans.Hosting;
using Orleans.Runtime.Placement;

namespace MMOrleans.Grains;

/// <summary>What the grains need from the silo that hosts them.</summary>
public sealed class GrainsSettings
{
    /// <summary>Folder of the runs.</summary>
    public string RunsFolder { get; set; } = "runs";

    /// <summary>Trainers to offer; null for one a core or device.</summary>
    public int? Trainers { get; set; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>Where clients of other processes connect; null when that is not for a run folder to say.</summary>
    public LocalEndpoint? Endpoint { get; set; }
}

/// <summary>Registers the grains' services: the silo's only way in.</summary>
public static class GrainsHosting
{
    /// <summary>Adds devices, data, sessions and run books.</summary>
    public static IServiceCollection AddMMOrleansGrains(
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
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<TrainingDataCache>();
        services.AddSingleton<TrainingSessionFactory>();
        services.AddSingleton(services => new RunBookFactory(
            settings.RunsFolder,
            settings.Endpoint,
            services.GetRequiredService<TimeProvider>()
        ));
        return services;
    }

    /// <summary>Adds the placement of trainers and segments.</summary>
    public static ISiloBuilder AddMMOrleansPlacement(this ISiloBuilder silo)
    {
        silo.Services.AddPlacementDirector<PinnedToSiloPlacement, PinnedToSiloDirector>();
        return silo;
    }
}

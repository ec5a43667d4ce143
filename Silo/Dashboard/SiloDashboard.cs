using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Api;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace MMOrleans.Silo.Dashboard;

/// <summary>Orleans' own dashboard: it counts in the silo, and is served by the container of REST.</summary>
internal static class SiloDashboard
{
    /// <summary>Has the silo count its calls for the dashboards of all silos.</summary>
    public static void Add(ISiloBuilder silo) => silo.AddDashboard(Configure);

    /// <summary>Adds what its routes need to the container of REST, which stands before the silo does.</summary>
    /// <param name="services">Of REST.</param>
    /// <param name="silo">Of the silo; asked at the first request.</param>
    public static void Add(IServiceCollection services, IServiceProvider silo)
    {
        services.AddSingleton(_ => silo.GetRequiredService<IGrainFactory>());
        new Client(services).AddDashboard(Configure);
    }

    /// <summary>Adds its routes below <see cref="ApiHosting.Dashboard"/>, behind the gate that stands there.</summary>
    public static void Map(WebApplication app) => app.MapOrleansDashboard(ApiHosting.Dashboard);

    // Logs are told where they can be kept and found; a page that shows them as they come keeps a buffer of them in every silo.
    private static void Configure(DashboardOptions options) => options.HideTrace = true;

    /// <summary>A container that asks grains, as far as the dashboard is concerned.</summary>
    private sealed class Client(IServiceCollection services) : IClientBuilder
    {
        public IServiceCollection Services => services;

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}

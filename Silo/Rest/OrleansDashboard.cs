using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Api;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace MMOrleans.Silo.Rest;

/// <summary>Orleans' own dashboard: activations, calls, counters of every silo. For operators, under <see cref="ApiHosting.OperatorPages"/>.</summary>
/// <remarks>
/// Its package times every grain call of the silo, so it is there only where it was asked for. What it keeps lives among the silo's services,
/// while its routes are served by the application that serves ours: that one borrows.
/// </remarks>
/// <param name="services">The types that the package registered with the silo.</param>
internal sealed class OrleansDashboard(IReadOnlyList<Type> services)
{
    /// <summary>Adds what every silo needs that is to be seen.</summary>
    public static void Add(ISiloBuilder silo)
    {
        var before = silo.Services.Count;
        silo.AddDashboard(Configure);
        var own = silo
            .Services.Skip(before)
            .Select(service => service.ServiceType)
            .Where(type => type.Assembly == typeof(DashboardOptions).Assembly)
            .Distinct()
            .ToList();
        silo.Services.AddSingleton(new OrleansDashboard(own));
    }

    /// <summary>Has another application's routes find it.</summary>
    public void LendTo(IServiceCollection application, IServiceProvider silo)
    {
        application.Configure<DashboardOptions>(Configure);
        foreach (var service in services)
            application.AddSingleton(service, _ => silo.GetRequiredService(service));
    }

    /// <summary>Adds its routes.</summary>
    public static void Map(WebApplication application) =>
        application.MapOrleansDashboard(ApiHosting.OperatorPages);

    // Logs may hold paths and names that are nobody's business there; mm logs has them.
    private static void Configure(DashboardOptions options) => options.HideTrace = true;
}

using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Api.Access;
using MMOrleans.Api.Documents;
using MMOrleans.Api.Sources;
using MMOrleans.Configuration;
using MMOrleans.Configuration.Keys;

namespace MMOrleans.Api.Routes;

/// <summary>Tells what serves, and what a configuration may say.</summary>
internal static class DiscoveryRoutes
{
    private static readonly PresetList AllPresets = new([
        .. Presets.All.Select(preset => new PresetDocument(preset.Name, preset.Doc, preset.Values)),
    ]);

    private static readonly Lazy<string> Schema = new(() => ConfigSchema.Create().ToJsonString());

    public static void MapDiscovery(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/version", Version)
            .WithSummary("What serves, and the caller's role")
            .Produces<VersionDocument>();
        routes.MapGet("/presets", () => AllPresets).WithSummary("Presets").Produces<PresetList>();
        routes
            .MapGet("/metrics", () => MetricList.All)
            .WithSummary("Metrics of an evaluation")
            .Produces<MetricList>();
        routes
            .MapGet("/schema/run.json", () => Results.Text(Schema.Value, "application/schema+json"))
            .WithSummary("JSON Schema of configuration files")
            .Produces<string>(contentType: "application/schema+json");
    }

    private static VersionDocument Version(IRunSource source, ServedPages pages, HttpContext context)
    {
        var version = typeof(DiscoveryRoutes)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+', 2);
        return new(
            version[0],
            version.ElementAtOrDefault(1) ?? "unknown",
            Environment.Version.ToString(),
            source.Cluster is not null,
            AccessGate.RoleOf(context).ToString().ToLowerInvariant(),
            context.RequestServices.GetService<TraceAddress>()?.Text,
            pages.HasDashboard
        );
    }
}

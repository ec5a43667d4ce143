using System.Text.Json;

namespace MMOrleans.Dashboards;

/// <summary>The files below <c>k8s</c> that are generated: the dashboards, and the alert rules as an operator's resource.</summary>
internal static class GeneratedFiles
{
    private static readonly JsonSerializerOptions Indented = new(GrafanaJson.Plain) { WriteIndented = true };

    /// <summary>Path below <c>k8s</c> and content of each.</summary>
    /// <param name="folder">The folder <c>k8s</c>, which holds the rules.</param>
    public static IReadOnlyDictionary<string, string> Of(string folder)
    {
        var files = Dashboard.All.ToDictionary(
            dashboard => $"grafana/{dashboard.Name}.json",
            dashboard => GrafanaJson.Of(dashboard).ToJsonString(Indented) + "\n"
        );
        files["prometheus/prometheusrule.yaml"] = OperatorRules.Of(
            File.ReadAllText(Path.Combine(folder, "prometheus", "rules.yaml"))
        );
        return files;
    }
}

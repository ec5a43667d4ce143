using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MMOrleans.Dashboards;
using MMOrleans.Kubernetes.Tests.Manifests;

namespace MMOrleans.Kubernetes.Tests.Monitoring;

/// <summary>The dashboards as they lie in <c>k8s/grafana</c>.</summary>
public class DashboardTests
{
    /// <summary>Specified and on no page: nothing compresses what is exchanged in this version.</summary>
    private const string Compression = "mmorleans_exchange_compression";

    /// <summary>Panels that must be there, by what users ask.</summary>
    private static readonly Dictionary<string, string[]> Wanted = new()
    {
        ["run"] =
        [
            "Runs by status",
            "Progress",
            "Time left",
            "Loss by split",
            "Accuracy by shot group",
            "Few-shot gap",
            "Learning rate",
            "Phase",
            "Error by class",
            "Norms",
            "Round time",
            "Healed and abandoned rounds",
            "Age of the newest checkpoint",
        ],
        ["cluster"] =
        [
            "Silos",
            "Trainers by state",
            "Rounds",
            "Training images",
            "Share of time by stage",
            "Slowest trainers",
            "Exchange",
            "Exchange compression",
            "Wait for trainers",
            "Membership changes",
            "Recovery time",
        ],
        ["data"] =
        [
            "Images read",
            "Queue depth",
            "Skipped images",
            "Checkpoint time",
            "Checkpoint size",
            "Checkpoint failures",
        ],
        ["runtime"] =
        [
            "Messages",
            "Grain calls",
            "Activations",
            "Long turns",
            "Storage latency",
            "Collections",
            "Threads of the pool",
            "Exceptions",
        ],
    };

    public static TheoryData<string> Names => [.. Dashboard.All.Select(dashboard => dashboard.Name)];

    [Fact]
    public void ThereAreFourWithThePanelsThatUsersAskFor()
    {
        Assert.Equal(Wanted.Keys.Order(), Dashboard.All.Select(dashboard => dashboard.Name).Order());
        foreach (var dashboard in Dashboard.All)
        {
            var titles = dashboard.Panels.Select(panel => panel.Title).ToList();
            Assert.Equal(titles.Distinct(), titles);
            Assert.Subset(titles.ToHashSet(), Wanted[dashboard.Name].ToHashSet());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NoTwoPanelsOverlapAndNoneStandsOut(string name)
    {
        var taken = new HashSet<(int, int)>();
        foreach (var panel in Kept(name)["panels"]!.AsArray())
        {
            var place = panel!["gridPos"]!;
            var (x, y) = ((int)place["x"]!, (int)place["y"]!);
            var (width, height) = ((int)place["w"]!, (int)place["h"]!);
            Assert.InRange(x + width, 1, GrafanaJson.Columns);
            for (var column = x; column < x + width; column++)
            for (var line = y; line < y + height; line++)
                Assert.True(
                    taken.Add((column, line)),
                    $"{panel["title"]} covers another panel at {column}, {line}"
                );
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryPanelHasUnitLegendDescriptionAndItsSourceByVariable(string name)
    {
        var dashboard = Kept(name);
        var ids = dashboard["panels"]!.AsArray().Select(panel => (int)panel!["id"]!).ToList();
        Assert.Equal(ids.Distinct(), ids);
        foreach (var panel in dashboard["panels"]!.AsArray().Where(panel => (string)panel!["type"]! != "row"))
        {
            Assert.NotEqual("", (string)panel!["fieldConfig"]!["defaults"]!["unit"]!);
            Assert.NotEqual("", (string)panel["description"]!);
            Assert.NotEmpty(panel["targets"]!.AsArray());
            foreach (var target in panel["targets"]!.AsArray())
                Assert.NotEqual("", (string)target!["legendFormat"]!);
        }

        Assert.All(
            Everywhere(dashboard, "datasource").Where(source => source is JsonObject),
            source => Assert.Equal("${datasource}", (string)source["uid"]!)
        );
    }

    [Fact]
    public void TheSwitchToReWeightingIsShadedAndTracesAndLogsAreOneClickAway()
    {
        var run = Kept("run");

        var shade = Assert.Single(run["annotations"]!["list"]!.AsArray())!;
        Assert.Contains(
            "mmorleans_phase=\"deferred\"",
            (string)shade["target"]!["expr"]!,
            StringComparison.Ordinal
        );
        var links = run["links"]!
            .AsArray()
            .Select(link => Uri.UnescapeDataString((string)link!["url"]!))
            .ToList();
        Assert.Contains(
            links,
            link =>
                link.Contains("\"uid\":\"${traces}\"", StringComparison.Ordinal)
                && link.Contains("span.mmorleans.run.id", StringComparison.Ordinal)
        );
        Assert.Contains(
            links,
            link =>
                link.Contains("\"uid\":\"${logs}\"", StringComparison.Ordinal)
                && link.Contains("mmorleans_run_id", StringComparison.Ordinal)
        );
        // Whole variables must stand in the address as they are, or Grafana does not fill them in.
        Assert.All(
            run["links"]!.AsArray().Where(link => (string)link!["type"]! == "link"),
            link => Assert.Contains("${run}", (string)link!["url"]!, StringComparison.Ordinal)
        );
        Assert.Contains(
            Everywhere(run, "exemplar"),
            exemplar => exemplar.GetValueKind() == JsonValueKind.True
        );
    }

    [Fact]
    public void QueriesAskForMetricsAndLabelsOfThePageAndEveryMetricIsShownSomewhere()
    {
        var shown = new HashSet<string>();
        foreach (var query in Dashboard.All.SelectMany(d => d.Panels).SelectMany(panel => panel.Queries))
        {
            if (query.Expression.Contains(Compression, StringComparison.Ordinal))
                continue;
            MetricNames.AreOfThePage(query.Expression, query.Legend);
            shown.UnionWith(MetricNames.In(query.Expression));
        }

        Assert.Empty(MetricNames.OfThePage.Keys.Except(shown));
    }

    [Fact]
    public void TheSidecarOfGrafanaFindsThemInProduction()
    {
        var map = Kustomize
            .Build("production")
            .All<V1ConfigMap>()
            .Single(map => map.Metadata.Name == "mm-dashboards");

        Assert.Equal("1", map.Metadata.Labels["grafana_dashboard"]);
        Assert.Equal(
            Dashboard.All.Select(dashboard => $"{dashboard.Name}.json").Order(),
            map.Data.Keys.Order()
        );
        Assert.All(map.Data.Values, content => Assert.NotNull(JsonNode.Parse(content)));
        // What a config map may hold.
        Assert.InRange(map.Data.Values.Sum(content => content.Length), 1, 900_000);
    }

    private static JsonNode Kept(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Kustomize.Folder, "grafana", $"{name}.json")))!;

    private static IEnumerable<JsonNode> Everywhere(JsonNode? node, string key) =>
        node switch
        {
            JsonObject fields => fields.SelectMany(field =>
                field.Key == key && field.Value is not null ? [field.Value] : Everywhere(field.Value, key)
            ),
            JsonArray items => items.SelectMany(item => Everywhere(item, key)),
            _ => [],
        };
}

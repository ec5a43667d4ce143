using System.Text.Json.Nodes;

namespace MMOrleans.Dashboards;

/// <summary>Writes a dashboard as Grafana reads it: version 39 of its format, which Grafana 10.4 and newer take.</summary>
internal static class GrafanaJson
{
    public const int Columns = 24;
    private const int SchemaVersion = 39;
    private const string Prometheus = "${datasource}";

    public static JsonObject Of(Dashboard dashboard) =>
        new()
        {
            ["annotations"] = new JsonObject { ["list"] = Array(dashboard.OfOneRun ? [Reweighting()] : []) },
            ["description"] = dashboard.Description,
            ["editable"] = true,
            ["fiscalYearStartMonth"] = 0,
            ["graphTooltip"] = 1,
            ["links"] = Array([.. dashboard.OfOneRun ? Elsewhere() : [], Others()]),
            ["panels"] = Array(Panels(dashboard)),
            ["refresh"] = "15s",
            ["schemaVersion"] = SchemaVersion,
            ["tags"] = new JsonArray("mmorleans"),
            ["templating"] = new JsonObject { ["list"] = Array(Variables(dashboard)) },
            ["time"] = new JsonObject { ["from"] = "now-1h", ["to"] = "now" },
            ["timezone"] = "browser",
            ["title"] = $"MMOrleans / {dashboard.Title}",
            ["uid"] = $"mmorleans-{dashboard.Name}",
            ["version"] = 1,
        };

    private static IEnumerable<JsonObject> Panels(Dashboard dashboard)
    {
        var (id, y) = (1, 0);
        foreach (var row in dashboard.Rows)
        {
            yield return new()
            {
                ["collapsed"] = false,
                ["gridPos"] = Place(0, y++, Columns, 1),
                ["id"] = id++,
                ["panels"] = new JsonArray(),
                ["title"] = row.Title,
                ["type"] = "row",
            };
            var x = 0;
            foreach (var panel in row.Panels)
            {
                if (x + panel.Width > Columns)
                    (x, y) = (0, y + row.Height);
                yield return Of(panel, id++, Place(x, y, panel.Width, row.Height), dashboard.OfOneRun);
                x += panel.Width;
            }

            y += row.Height;
        }
    }

    private static JsonObject Of(Panel panel, int id, JsonObject place, bool ofOneRun) =>
        new()
        {
            ["datasource"] = Datasource(),
            ["description"] = panel.Description,
            ["fieldConfig"] = new JsonObject
            {
                ["defaults"] = Defaults(panel, ofOneRun),
                ["overrides"] = new JsonArray(),
            },
            ["gridPos"] = place,
            ["id"] = id,
            ["options"] = Options(panel),
            ["targets"] = Array(panel.Queries.Select((query, i) => Target(panel, query, (char)('A' + i)))),
            ["title"] = panel.Title,
            ["transformations"] = Array(panel.Kind == PanelKind.Table ? [Columned(panel)] : []),
            ["type"] = TypeOf(panel.Kind),
        };

    private static string TypeOf(PanelKind kind) =>
        kind switch
        {
            PanelKind.Lines or PanelKind.Stack => "timeseries",
            PanelKind.Number => "stat",
            PanelKind.Dial => "gauge",
            PanelKind.Timeline => "state-timeline",
            PanelKind.HeatMap => "status-history",
            _ => "table",
        };

    private static JsonObject Defaults(Panel panel, bool ofOneRun)
    {
        var defaults = new JsonObject
        {
            ["color"] = new JsonObject
            {
                ["mode"] = panel.Kind switch
                {
                    PanelKind.HeatMap => "continuous-GrYlRd",
                    PanelKind.Number or PanelKind.Dial or PanelKind.Table => "fixed",
                    _ => "palette-classic",
                },
            },
            ["custom"] = Custom(panel.Kind),
            ["unit"] = panel.Unit,
        };
        if (panel.Kind is PanelKind.Number or PanelKind.Dial or PanelKind.Table)
            defaults["color"]!["fixedColor"] = "blue";
        if (panel.Max is { } max)
            (defaults["min"], defaults["max"]) = (0, max);
        if (panel.Kind == PanelKind.Timeline)
            defaults["mappings"] = new JsonArray(
                new JsonObject
                {
                    ["options"] = new JsonObject
                    {
                        ["1"] = new JsonObject { ["index"] = 0, ["text"] = "in it" },
                    },
                    ["type"] = "value",
                }
            );
        if (panel.HasExemplars && ofOneRun)
            defaults["links"] = Array([Traces(), Logs()]);
        return defaults;
    }

    private static JsonObject Custom(PanelKind kind) =>
        kind switch
        {
            PanelKind.Lines or PanelKind.Stack => new()
            {
                ["drawStyle"] = "line",
                ["fillOpacity"] = kind == PanelKind.Stack ? 60 : 0,
                ["lineWidth"] = 1,
                ["showPoints"] = "auto",
                ["spanNulls"] = false,
                ["stacking"] = new JsonObject
                {
                    ["group"] = "A",
                    ["mode"] = kind == PanelKind.Stack ? "normal" : "none",
                },
            },
            PanelKind.Timeline or PanelKind.HeatMap => new() { ["fillOpacity"] = 80, ["lineWidth"] = 0 },
            _ => [],
        };

    private static JsonObject Options(Panel panel) =>
        panel.Kind switch
        {
            PanelKind.Lines or PanelKind.Stack => new()
            {
                ["legend"] = Legend(isShown: true),
                ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
            },
            PanelKind.Number => new()
            {
                ["colorMode"] = "value",
                ["graphMode"] = "none",
                ["justifyMode"] = "auto",
                ["orientation"] = "auto",
                ["reduceOptions"] = Newest(),
                ["textMode"] = "auto",
                ["wideLayout"] = true,
            },
            PanelKind.Dial => new()
            {
                ["minVizHeight"] = 75,
                ["minVizWidth"] = 75,
                ["orientation"] = "auto",
                ["reduceOptions"] = Newest(),
                ["showThresholdLabels"] = false,
                ["showThresholdMarkers"] = false,
                ["sizing"] = "auto",
            },
            PanelKind.Timeline => new()
            {
                ["alignValue"] = "left",
                ["legend"] = Legend(isShown: false),
                ["mergeValues"] = true,
                ["rowHeight"] = 0.8,
                ["showValue"] = "auto",
                ["tooltip"] = new JsonObject { ["mode"] = "single", ["sort"] = "none" },
            },
            PanelKind.HeatMap => new()
            {
                ["colWidth"] = 1,
                ["legend"] = Legend(isShown: false),
                ["rowHeight"] = 0.9,
                ["showValue"] = "never",
                ["tooltip"] = new JsonObject { ["mode"] = "single", ["sort"] = "none" },
            },
            _ => new()
            {
                ["cellHeight"] = "sm",
                ["showHeader"] = true,
                ["sortBy"] = new JsonArray(new JsonObject { ["desc"] = true, ["displayName"] = panel.Title }),
            },
        };

    private static JsonObject Target(Panel panel, Query query, char id)
    {
        // Of this moment alone: the newest value of a series that has ended would go on being shown otherwise.
        var isNow = panel.Kind is PanelKind.Number or PanelKind.Dial or PanelKind.Table;
        return new()
        {
            ["datasource"] = Datasource(),
            ["editorMode"] = "code",
            ["exemplar"] = panel.HasExemplars,
            ["expr"] = query.Expression,
            ["format"] = panel.Kind == PanelKind.Table ? "table" : "time_series",
            ["instant"] = isNow,
            ["legendFormat"] = query.Legend,
            ["range"] = !isNow,
            ["refId"] = $"{id}",
        };
    }

    /// <summary>Of a table: a column for the label, one for the value.</summary>
    private static JsonObject Columned(Panel panel) =>
        new()
        {
            ["id"] = "organize",
            ["options"] = new JsonObject
            {
                ["excludeByName"] = new JsonObject { ["Time"] = true },
                ["indexByName"] = new JsonObject(),
                ["renameByName"] = new JsonObject
                {
                    ["Value"] = panel.Title,
                    ["mmorleans_trainer"] = "Trainer",
                },
            },
        };

    private static JsonObject Legend(bool isShown) =>
        new()
        {
            ["calcs"] = new JsonArray(),
            ["displayMode"] = "list",
            ["placement"] = "bottom",
            ["showLegend"] = isShown,
        };

    private static JsonObject Newest() =>
        new()
        {
            ["calcs"] = new JsonArray("lastNotNull"),
            ["fields"] = "",
            ["values"] = false,
        };

    /// <summary>Shades the stretch in which classes are re-weighted, in every panel over time.</summary>
    private static JsonObject Reweighting() =>
        new()
        {
            ["datasource"] = Datasource(),
            ["enable"] = true,
            ["hide"] = false,
            ["iconColor"] = "purple",
            ["name"] = "Re-weighting",
            ["target"] = new JsonObject
            {
                ["expr"] = PromQl.OfRun("mmorleans_run_phase", "", "mmorleans_phase=\"deferred\""),
                ["interval"] = "15s",
                ["refId"] = "Anno",
            },
            ["titleFormat"] = "re-weighting",
        };

    private static IEnumerable<JsonObject> Variables(Dashboard dashboard)
    {
        yield return Source("datasource", "Prometheus", "prometheus");
        yield return Choice("job", "Cluster", "label_values(mmorleans_trainers, job)", takesAll: true);
        if (!dashboard.OfOneRun)
            yield break;
        yield return Choice(
            "run",
            "Run",
            """label_values(mmorleans_run_epoch{job=~"$job"}, mmorleans_run_id)""",
            takesAll: false
        );
        yield return Source("traces", "Traces", "tempo");
        yield return Source("logs", "Logs", "loki");
    }

    private static JsonObject Source(string name, string label, string kind) =>
        new()
        {
            ["hide"] = 0,
            ["includeAll"] = false,
            ["label"] = label,
            ["multi"] = false,
            ["name"] = name,
            ["options"] = new JsonArray(),
            ["query"] = kind,
            ["refresh"] = 1,
            ["regex"] = "",
            ["type"] = "datasource",
        };

    private static JsonObject Choice(string name, string label, string query, bool takesAll)
    {
        var choice = new JsonObject
        {
            ["datasource"] = Datasource(),
            ["hide"] = 0,
            ["includeAll"] = takesAll,
            ["label"] = label,
            ["multi"] = takesAll,
            ["name"] = name,
            ["options"] = new JsonArray(),
            ["query"] = new JsonObject
            {
                ["qryType"] = 1,
                ["query"] = query,
                ["refId"] = "PrometheusVariableQueryEditor-VariableQuery",
            },
            // With the time: a run that has ended is chosen by going back to when it was live.
            ["refresh"] = 2,
            ["regex"] = "",
            ["sort"] = takesAll ? 1 : 2,
            ["type"] = "query",
        };
        if (takesAll)
        {
            choice["allValue"] = ".*";
            choice["current"] = new JsonObject
            {
                ["selected"] = true,
                ["text"] = new JsonArray("All"),
                ["value"] = new JsonArray("$__all"),
            };
        }

        return choice;
    }

    private static IEnumerable<JsonObject> Elsewhere() => [Link(Traces()), Link(Logs())];

    /// <summary>The other dashboards.</summary>
    private static JsonObject Others() =>
        new()
        {
            ["asDropdown"] = false,
            ["icon"] = "external link",
            ["includeVars"] = true,
            ["keepTime"] = true,
            ["tags"] = new JsonArray("mmorleans"),
            ["targetBlank"] = false,
            ["title"] = "MMOrleans",
            ["tooltip"] = "",
            ["type"] = "dashboards",
            ["url"] = "",
        };

    private static JsonObject Link(JsonObject link) =>
        new()
        {
            ["asDropdown"] = false,
            ["icon"] = "external link",
            ["includeVars"] = false,
            ["keepTime"] = false,
            ["tags"] = new JsonArray(),
            ["targetBlank"] = true,
            ["title"] = (string)link["title"]!,
            ["tooltip"] = "",
            ["type"] = "link",
            ["url"] = (string)link["url"]!,
        };

    private static JsonObject Traces() =>
        Explore(
            "Traces of the run",
            "tempo",
            "${traces}",
            new() { ["query"] = "{ span.mmorleans.run.id = \"${run}\" }", ["queryType"] = "traceql" }
        );

    private static JsonObject Logs() =>
        Explore(
            "Logs of the run",
            "loki",
            "${logs}",
            new() { ["expr"] = "{service_name=~\"mm|mm-silo\"} | mmorleans_run_id=`${run}`" }
        );

    /// <summary>A link to Grafana's Explore, over the time that the dashboard shows.</summary>
    private static JsonObject Explore(string title, string kind, string source, JsonObject query)
    {
        query["datasource"] = new JsonObject { ["type"] = kind, ["uid"] = source };
        query["refId"] = "A";
        var panes = new JsonObject
        {
            ["a"] = new JsonObject
            {
                ["datasource"] = source,
                ["queries"] = new JsonArray(query),
                ["range"] = new JsonObject { ["from"] = "${__from}", ["to"] = "${__to}" },
            },
        };
        return new()
        {
            ["targetBlank"] = true,
            ["title"] = title,
            ["url"] = $"/explore?schemaVersion=1&panes={Escaped(panes.ToJsonString(Plain))}",
        };
    }

    /// <summary>Escapes all but the variables, which Grafana would not recognise otherwise.</summary>
    private static string Escaped(string text) =>
        string.Concat(
            System
                .Text.RegularExpressions.Regex.Split(text, @"(\$\{\w+\})")
                .Select(part =>
                    part.StartsWith("${", StringComparison.Ordinal) ? part : Uri.EscapeDataString(part)
                )
        );

    /// <summary>Without escapes of what only HTML minds.</summary>
    public static System.Text.Json.JsonSerializerOptions Plain { get; } =
        new()
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = false,
        };

    private static JsonObject Datasource() => new() { ["type"] = "prometheus", ["uid"] = Prometheus };

    private static JsonObject Place(int x, int y, int width, int height) =>
        new()
        {
            ["h"] = height,
            ["w"] = width,
            ["x"] = x,
            ["y"] = y,
        };

    private static JsonArray Array(IEnumerable<JsonObject> items) => [.. items];
}

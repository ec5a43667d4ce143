namespace MMOrleans.Dashboards;

/// <summary>How a panel draws what its queries return.</summary>
internal enum PanelKind
{
    Lines,
    Stack,
    Number,
    Dial,
    Timeline,
    HeatMap,
    Table,
}

/// <summary>One question to Prometheus.</summary>
/// <param name="Expression">PromQL; <c>$job</c>, <c>$run</c> and Grafana's own variables are filled in there.</param>
/// <param name="Legend">Name of a series, with <c>{{label}}</c> for what tells series apart.</param>
internal sealed record Query(string Expression, string Legend);

/// <summary>One panel of a dashboard. Its place follows from its row.</summary>
/// <param name="Kind">How it draws.</param>
/// <param name="Title">Unique within its dashboard.</param>
/// <param name="Unit">Grafana's id of a unit, such as <c>s</c>, <c>bytes</c> or <c>percentunit</c>; <c>suffix:</c> makes one.</param>
/// <param name="Description">What to know when reading it.</param>
/// <param name="Queries">At least one.</param>
internal sealed record Panel(
    PanelKind Kind,
    string Title,
    string Unit,
    string Description,
    params Query[] Queries
)
{
    /// <summary>Of the 24 columns that Grafana has.</summary>
    public int Width { get; init; } = 8;

    /// <summary>Whether its points lead to traces.</summary>
    public bool HasExemplars { get; init; }

    /// <summary>The scale's upper end; null for what the data says.</summary>
    public double? Max { get; init; }
}

/// <summary>Panels under one heading.</summary>
internal sealed record Row(string Title, params Panel[] Panels)
{
    /// <summary>Of each of its panels, in Grafana's units of 30 pixels.</summary>
    public int Height { get; init; } = 8;
}

namespace MMOrleans.Dashboards;

/// <summary>One dashboard of <c>k8s/grafana</c>: what its file is made from.</summary>
/// <param name="Name">Of its file, and in its address.</param>
/// <param name="Title">Behind <c>MMOrleans / </c>.</param>
/// <param name="Description">What it answers.</param>
/// <param name="Rows">From the top.</param>
internal sealed record Dashboard(string Name, string Title, string Description, params Row[] Rows)
{
    /// <summary>Whether it is about one run, which is chosen at its top.</summary>
    public bool OfOneRun { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Dashboard> All { get; } =
    [
        RunDashboard.Definition,
        ClusterDashboard.Definition,
        DataDashboard.Definition,
        RuntimeDashboard.Definition,
    ];

    public IEnumerable<Panel> Panels => Rows.SelectMany(row => row.Panels);
}

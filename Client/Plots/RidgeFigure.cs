namespace MMOrleans.Client.Plots;

/// <summary>Histograms one above the other over a common axis, with the same layers in each.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Title">Above it.</param>
/// <param name="Across">Label of the horizontal axis.</param>
/// <param name="Range">R: the axis goes from −R to R.</param>
/// <param name="Layers">In the legend: the first is drawn as a line, the last filled.</param>
/// <param name="Ridges">Top to bottom.</param>
internal sealed record RidgeFigure(
    string Name,
    string Title,
    string Across,
    double Range,
    IReadOnlyList<string> Layers,
    IReadOnlyList<Ridge> Ridges
) : Figure(Name, Title)
{
    /// <summary>Words at the top, on the left and on the right of 0.</summary>
    public (string Left, string Right) Sides { get; init; }
}

/// <summary>The histograms of one row.</summary>
/// <param name="Name">Beside it.</param>
/// <param name="Shares">By layer: shares of bins of equal width over [−R, R].</param>
/// <param name="Medians">By layer.</param>
internal sealed record Ridge(
    string Name,
    IReadOnlyList<IReadOnlyList<double>> Shares,
    IReadOnlyList<double> Medians
);

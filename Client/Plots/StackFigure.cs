namespace MMOrleans.Client.Plots;

/// <summary>Shares of a whole along an axis, stacked.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Title">Above it.</param>
/// <param name="Across">Label of the horizontal axis.</param>
/// <param name="Up">Label of the vertical axis.</param>
/// <param name="X">Places along the axis, one apart.</param>
/// <param name="Layers">From the bottom up, each with its share at each place.</param>
internal sealed record StackFigure(
    string Name,
    string Title,
    string Across,
    string Up,
    IReadOnlyList<double> X,
    IReadOnlyList<(string Name, IReadOnlyList<double> Shares)> Layers
) : Figure(Name, Title);

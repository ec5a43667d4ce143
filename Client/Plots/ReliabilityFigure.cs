namespace MMOrleans.Client.Plots;

/// <summary>What predictions were worth against how sure they were, in bins of equal width over [0, 1].</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Title">Above it.</param>
/// <param name="Accuracy">Share classified rightly of every bin; NaN for an empty one.</param>
/// <param name="Confidence">Mean confidence of every bin; NaN for an empty one.</param>
/// <param name="Shares">Share of all images in every bin.</param>
internal sealed record ReliabilityFigure(
    string Name,
    string Title,
    IReadOnlyList<double> Accuracy,
    IReadOnlyList<double> Confidence,
    IReadOnlyList<double> Shares
) : Figure(Name, Title);

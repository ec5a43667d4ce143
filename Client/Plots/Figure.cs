namespace MMOrleans.Client.Plots;

/// <summary>What a figure shows, as numbers and words; <see cref="FigureDrawing"/> makes a picture of it.</summary>
/// <param name="Name">Of its files, without extension.</param>
/// <param name="Title">Above it.</param>
internal abstract record Figure(string Name, string Title);

/// <summary>Named numbers of a figure, in the colour of their place among the others.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="X">Places along the axis.</param>
/// <param name="Y">The value at each; NaN where there is none.</param>
internal sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>Lines over an axis of numbers.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Title">Above it.</param>
/// <param name="Across">Label of the horizontal axis.</param>
/// <param name="Up">Label of the vertical axis.</param>
/// <param name="Lines">One or more.</param>
internal sealed record LineFigure(
    string Name,
    string Title,
    string Across,
    string Up,
    IReadOnlyList<Series> Lines
) : Figure(Name, Title)
{
    /// <summary>A place that is marked by an upright line, and its words; null for none.</summary>
    public (double X, string Words)? Mark { get; init; }

    /// <summary>Whether the vertical axis counts powers of ten; every value is above 0 then.</summary>
    public bool IsLogarithmic { get; init; }
}

/// <summary>Bars in groups: one group a category, one bar a series.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Title">Above it.</param>
/// <param name="Across">Label of the horizontal axis.</param>
/// <param name="Up">Label of the vertical axis.</param>
/// <param name="Categories">Words below the groups, left to right.</param>
/// <param name="Bars">Each with one value for each category; NaN for no bar.</param>
internal sealed record BarFigure(
    string Name,
    string Title,
    string Across,
    string Up,
    IReadOnlyList<string> Categories,
    IReadOnlyList<(string Name, IReadOnlyList<double> Values)> Bars
) : Figure(Name, Title)
{
    /// <summary>Whether the vertical axis counts powers of ten; every value is above 0 then.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Standard deviations over seeds, by series and category; null where there is one seed.</summary>
    public IReadOnlyList<IReadOnlyList<double>?>? Deviations { get; init; }
}

/// <summary>A square of shares in [0, 1].</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Title">Above it.</param>
/// <param name="Across">Label of the horizontal axis.</param>
/// <param name="Up">Label of the vertical axis.</param>
/// <param name="Labels">Of rows and columns.</param>
/// <param name="Rows">Shares, row by row, the first on top.</param>
internal sealed record MatrixFigure(
    string Name,
    string Title,
    string Across,
    string Up,
    IReadOnlyList<string> Labels,
    IReadOnlyList<IReadOnlyList<double>> Rows
) : Figure(Name, Title);

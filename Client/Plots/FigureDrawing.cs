using System.Globalization;
using ScottPlot;

namespace MMOrleans.Client.Plots;

/// <summary>Draws a figure for print: white ground, thin grey grid, colours that colour-blind readers tell apart.</summary>
/// <remarks>The colours are those of Okabe and Ito (2008), the ones that print well first.</remarks>
internal static partial class FigureDrawing
{
    private const int Height = 400;
    private const int Width = 680;
    private const int NumbersAtMost = 20;

    private static readonly Color[] Colours =
    [
        new("#0072B2"),
        new("#D55E00"),
        new("#009E73"),
        new("#CC79A7"),
        new("#E69F00"),
        new("#56B4E9"),
        new("#000000"),
    ];

    /// <summary>Letters that fit over the narrowest figure.</summary>
    private const int LongestTitle = 52;

    private static readonly Color Ink = new("#222222");

    static FigureDrawing()
    {
        Fonts.FontResolvers.Clear();
        Fonts.FontResolvers.Add(new EmbeddedTypefaces());
        Fonts.Default = EmbeddedTypefaces.Family;
    }

    /// <summary>The figure as an SVG document.</summary>
    public static string Svg(Figure figure)
    {
        var (plot, width, height) = Draw(figure);
        // Where a reader lacks the typeface, Verdana has its widths.
        return plot.GetSvgXml(width, height)
            .Replace(
                $"font-family=\"{EmbeddedTypefaces.Family}\"",
                $"font-family=\"{EmbeddedTypefaces.Family}, Verdana, sans-serif\"",
                StringComparison.Ordinal
            );
    }

    /// <summary>The figure as PNG, two pixels for one.</summary>
    public static byte[] Png(Figure figure)
    {
        var (plot, width, height) = Draw(figure);
        plot.ScaleFactor = 2;
        return plot.GetImageBytes(2 * width, 2 * height, ImageFormat.Png);
    }

    private static (Plot Plot, int Width, int Height) Draw(Figure figure)
    {
        var plot = new Plot();
        plot.Font.Set(EmbeddedTypefaces.Family);
        plot.FigureBackground.Color = ScottPlot.Colors.White;
        plot.DataBackground.Color = ScottPlot.Colors.White;
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = new Color("#E4E4E4");
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Title(InLines(figure.Title), 15);
        var size = figure switch
        {
            LineFigure lines => Lines(plot, lines),
            BarFigure bars => Bars(plot, bars),
            MatrixFigure matrix => Matrix(plot, matrix),
            RidgeFigure ridges => Ridges(plot, ridges),
            ReliabilityFigure reliability => Reliability(plot, reliability),
            StackFigure stack => Stack(plot, stack),
            _ => throw new ArgumentException($"{figure.GetType().Name} cannot be drawn.", nameof(figure)),
        };
        return (plot, size.Width, size.Height);
    }

    // At a pause past the first third, where one line would run out of the figure.
    private static string InLines(string title)
    {
        if (title.Length <= LongestTitle)
            return title;
        var pause = title.AsSpan(title.Length / 3).IndexOfAny(',', ';', ':');
        var end = pause < 0 ? title.LastIndexOf(' ', LongestTitle) : (title.Length / 3) + pause + 1;
        return end <= 0 ? title : $"{title[..end]}\n{InLines(title[end..].TrimStart())}";
    }

    private static (int Width, int Height) Lines(Plot plot, LineFigure figure)
    {
        Label(plot, figure.Across, figure.Up);
        foreach (var (series, i) in figure.Lines.Select((series, i) => (series, i)))
        {
            var known = series.X.Zip(series.Y).Where(point => double.IsFinite(point.Second)).ToList();
            if (known.Count == 0)
                continue;
            var line = plot.Add.Scatter(
                known.Select(point => point.First).ToArray(),
                known
                    .Select(point => figure.IsLogarithmic ? Math.Log10(point.Second) : point.Second)
                    .ToArray()
            );
            line.Color = Colours[i % Colours.Length];
            line.LineWidth = 1.8f;
            line.MarkerSize = known.Count > 40 ? 0 : 5;
            line.LegendText = series.Name;
        }

        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            IntegerTicksOnly = true,
        };
        plot.Axes.AutoScale();
        if (figure.IsLogarithmic)
            PowersOfTen(plot);
        if (figure.Mark is { } mark)
        {
            var upright = plot.Add.VerticalLine(mark.X);
            upright.LinePattern = LinePattern.DenselyDashed;
            upright.LineWidth = 1.2f;
            upright.Color = Quiet;
            upright.LegendText = mark.Words;
        }

        Legend(plot, figure.Lines.Count > 1 || figure.Mark is not null);
        return (Width, Height);
    }

    private static (int Width, int Height) Bars(Plot plot, BarFigure figure)
    {
        Label(plot, figure.Across, figure.Up);
        var group = 0.8 / figure.Bars.Count;
        var floor = figure.IsLogarithmic ? -0.3 : 0;
        for (var s = 0; s < figure.Bars.Count; s++)
        {
            var (name, values) = figure.Bars[s];
            var bars = new List<Bar>();
            for (var c = 0; c < values.Count; c++)
            {
                if (!double.IsFinite(values[c]))
                    continue;
                bars.Add(
                    new()
                    {
                        Position = c + (s - (figure.Bars.Count - 1) / 2.0) * group,
                        Value = figure.IsLogarithmic ? Math.Log10(values[c]) : values[c],
                        ValueBase = floor,
                        Size = group * 0.94,
                        FillColor = Colours[s % Colours.Length],
                        LineWidth = 0,
                        Error = figure.Deviations?[s]?[c] ?? 0,
                        ErrorSize = group * 0.3,
                    }
                );
            }

            if (bars.Count > 0)
                plot.Add.Bars(bars).LegendText = name;
        }

        plot.Axes.AutoScale();
        plot.Axes.SetLimitsX(-0.6, figure.Categories.Count - 0.4);
        var top = plot.Axes.GetLimits().Top;
        plot.Axes.SetLimitsY(floor, Math.Max(top, figure.IsLogarithmic ? 1 : 0.01));
        if (figure.IsLogarithmic)
            PowersOfTen(plot);
        plot.Grid.XAxisStyle.IsVisible = false;
        Name(
            plot,
            plot.Axes.Bottom,
            figure.Categories,
            slanted: figure.Categories.Sum(word => word.Length + 2) > 90
        );
        Legend(plot, figure.Bars.Count > 1);
        return (
            Math.Max(Width, Math.Min(1400, 11 * figure.Categories.Count * Math.Max(2, figure.Bars.Count))),
            Height
        );
    }

    private static (int Width, int Height) Matrix(Plot plot, MatrixFigure figure)
    {
        Label(plot, figure.Across, figure.Up);
        var classes = figure.Rows.Count;
        var colours = new ScottPlot.Colormaps.Blues().Reversed();
        var scale = plot.Add.Heatmap(new double[1, 1]);
        scale.Colormap = colours;
        scale.ManualRange = new(0, 1);
        scale.IsVisible = false; // a viewer that enlarges an image smooths it: cells are drawn one by one
        for (var row = 0; row < classes; row++)
        for (var column = 0; column < classes; column++)
        {
            if (figure.Rows[row][column] is not (> 0 and var share))
                continue;
            var (x, y) = (column, classes - 1 - row);
            var cell = plot.Add.Rectangle(x - 0.5, x + 0.5, y - 0.5, y + 0.5);
            cell.FillColor = colours.GetColor(share);
            cell.LineWidth = 0;
        }

        plot.Grid.IsVisible = false;
        if (classes <= NumbersAtMost)
        {
            for (var row = 0; row < classes; row++)
            for (var column = 0; column < classes; column++)
            {
                var share = figure.Rows[row][column];
                if (!double.IsFinite(share))
                    continue;
                var number = plot.Add.Text(
                    share.ToString("0.00", CultureInfo.InvariantCulture),
                    column,
                    classes - 1 - row
                );
                number.LabelFontSize = classes > 12 ? 8 : 11;
                number.LabelFontColor = share > 0.5 ? ScottPlot.Colors.White : Ink;
                number.LabelAlignment = Alignment.MiddleCenter;
            }
        }

        plot.Axes.SetLimits(-0.5, classes - 0.5, -0.5, classes - 0.5);
        Name(plot, plot.Axes.Bottom, figure.Labels, slanted: true);
        Name(plot, plot.Axes.Left, [.. figure.Labels.Reverse()], slanted: false);
        plot.Add.ColorBar(scale).Axis.TickLabelStyle.FontSize = 11;
        return (classes <= NumbersAtMost ? 720 : 900, classes <= NumbersAtMost ? 620 : 780);
    }

    private static void Label(Plot plot, string across, string up)
    {
        plot.XLabel(across, 13);
        plot.YLabel(up, 13);
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
            axis.TickLabelStyle.FontSize = 11;
        plot.Axes.Left.MinimumSize = 62;
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
    }

    /// <summary>Words in place of numbers; of more than forty every some.</summary>
    private static void Name(Plot plot, IAxis axis, IReadOnlyList<string> words, bool slanted)
    {
        var every = (words.Count + 39) / 40;
        var shown = Enumerable.Range(0, words.Count).Where(i => i % every == 0).ToList();
        var arePlain = shown.All(i => NameText.IsPlain(words[i]));
        var ticks = new ScottPlot.TickGenerators.NumericManual(
            shown.Select(i => (double)i).ToArray(),
            shown.Select(i => arePlain ? words[i] : "").ToArray()
        );
        if (axis is IXAxis across)
            across.TickGenerator = ticks;
        else
            ((IYAxis)axis).TickGenerator = ticks;
        axis.MajorTickStyle.Length = 0;
        axis.TickLabelStyle.FontSize = words.Count > 20 ? 8 : 11;
        if (!arePlain)
        {
            plot.RenderManager.RenderActions.Add(
                new NamedAxis(
                    axis,
                    [.. shown.Select(i => ((double)i, words[i]))],
                    axis.TickLabelStyle.FontSize,
                    slanted,
                    Ink
                )
            );
            return;
        }

        if (!slanted)
            return;
        axis.TickLabelStyle.Rotation = -45;
        axis.TickLabelStyle.Alignment = Alignment.MiddleRight;
        axis.TickLabelStyle.OffsetY = 6;
        axis.MinimumSize = 30 + 6 * shown.Max(i => Math.Min(16, words[i].Length));
    }

    private static void PowersOfTen(Plot plot)
    {
        var limits = plot.Axes.GetLimits();
        var powers = Enumerable
            .Range(
                (int)Math.Floor(limits.Bottom),
                (int)(Math.Ceiling(limits.Top) - Math.Floor(limits.Bottom)) + 1
            )
            .ToList();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            powers.Select(power => (double)power).ToArray(),
            powers
                .Select(power => Math.Pow(10, power).ToString("#,0.######", CultureInfo.InvariantCulture))
                .ToArray()
        );
    }

    private static void Legend(Plot plot, bool isShown, Edge edge = Edge.Right)
    {
        if (!isShown)
        {
            plot.HideLegend();
            return;
        }

        plot.Legend.FontName = EmbeddedTypefaces.Family;
        plot.Legend.FontSize = 11;
        plot.Legend.OutlineColor = new Color("#CCCCCC");
        plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
        // Beside the data, so that it never hides any.
        plot.ShowLegend(edge);
        plot.Legend.Orientation = edge == Edge.Bottom ? Orientation.Horizontal : Orientation.Vertical;
    }
}

using System.Globalization;
using ScottPlot;

namespace MMOrleans.Client.Plots;

/// <summary>Figures of how something is distributed.</summary>
internal static partial class FigureDrawing
{
    private const double RidgeHeight = 0.86;

    private static readonly Color Quiet = new("#777777");

    private static (int Width, int Height) Ridges(Plot plot, RidgeFigure figure)
    {
        Label(plot, figure.Across, "");
        var rows = figure.Ridges.Count;
        // Shares of one row are compared with each other, so each row uses its height.
        foreach (var (ridge, row) in figure.Ridges.Select((ridge, row) => (ridge, row)))
        {
            var (floor, highest) = (rows - 1 - row, ridge.Shares.Max(shares => shares.Max()));
            // The filled one first: the line of the one before lies over it.
            for (var layer = figure.Layers.Count - 1; layer >= 0; layer--)
            {
                var isLast = layer == figure.Layers.Count - 1;
                var colour = isLast ? Colours[0] : Colours[1];
                var outline = Steps(ridge.Shares[layer], figure.Range, floor, RidgeHeight / highest);
                if (isLast)
                {
                    var area = plot.Add.Polygon(outline);
                    area.FillColor = colour.WithAlpha(.28);
                    area.LineWidth = 0;
                }

                var line = plot.Add.ScatterLine(outline, colour);
                line.LineWidth = isLast ? 1.8f : 1.4f;
                line.LegendText = row == 0 ? figure.Layers[layer] : "";
                var median = plot.Add.Line(
                    ridge.Medians[layer],
                    floor,
                    ridge.Medians[layer],
                    floor + (0.16 * RidgeHeight)
                );
                median.Color = colour;
                median.LineWidth = 3;
            }
        }

        var reach = Reach(figure);
        plot.Axes.SetLimits(-1.001 * reach, 1.001 * reach, 0, rows + 0.14); // with the numbers at both ends
        var boundary = plot.Add.VerticalLine(0);
        boundary.Color = Quiet;
        boundary.LineWidth = 1;
        foreach (
            var (words, x, alignment) in new[]
            {
                (figure.Sides.Left, -0.015, Alignment.UpperRight),
                (figure.Sides.Right, 0.015, Alignment.UpperLeft),
            }
        )
        {
            var side = plot.Add.Text(words ?? "", x * reach, rows + 0.13);
            side.LabelFontSize = 11;
            side.LabelFontColor = Quiet;
            side.LabelAlignment = alignment;
        }

        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. figure.Ridges.Select((_, row) => rows - 1 - row + (RidgeHeight / 3))],
            [.. figure.Ridges.Select(Described)]
        );
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.FrameLineStyle.IsVisible = false;
        plot.Grid.YAxisStyle.IsVisible = false;
        for (var row = 1; row < rows; row++)
            Floor(plot, row);
        Legend(plot, isShown: true, Edge.Bottom);
        return (Width, 140 + (110 * rows));
    }

    private static (int Width, int Height) Reliability(Plot plot, ReliabilityFigure figure)
    {
        Label(plot, "confidence", "share classified rightly");
        var bins = figure.Accuracy.Count;
        var width = 1.0 / bins;
        Series("accuracy", figure.Accuracy, Colours[0], _ => 0);
        Series("surer than right", Where(sure: true), Colours[4], b => figure.Accuracy[b]);
        Series("less sure than right", Where(sure: false), Colours[5], b => figure.Confidence[b]);
        var known = Enumerable.Range(0, bins).Where(b => figure.Shares[b] > 0).ToList();
        var images = plot.Add.Markers(
            known.Select(b => (b + 0.5) * width).ToArray(),
            known.Select(b => figure.Shares[b]).ToArray(),
            MarkerShape.FilledDiamond,
            7,
            Ink
        );
        images.LegendText = "share of the images";
        var diagonal = plot.Add.Line(0, 0, 1, 1);
        diagonal.LinePattern = LinePattern.DenselyDashed;
        diagonal.Color = Ink;
        diagonal.LineWidth = 1.2f;
        diagonal.LegendText = "as sure as right";
        plot.Axes.SetLimits(0, 1, 0, 1);
        Legend(plot, isShown: true);
        return (Width, 440);

        // The higher of the two, in bins where confidence or accuracy is the higher one.
        double[] Where(bool sure) =>
            [
                .. figure.Accuracy.Zip(
                    figure.Confidence,
                    (right, confident) => confident > right == sure ? Math.Max(right, confident) : double.NaN
                ),
            ];

        void Series(string name, IReadOnlyList<double> values, Color colour, Func<int, double> floor)
        {
            var bars = Enumerable
                .Range(0, bins)
                .Where(b => double.IsFinite(values[b]))
                .Select(b => new Bar
                {
                    Position = (b + 0.5) * width,
                    ValueBase = floor(b),
                    Value = values[b],
                    Size = width * 0.8,
                    FillColor = colour,
                    LineWidth = 0,
                })
                .ToList();
            if (bars.Count > 0)
                plot.Add.Bars(bars).LegendText = name;
        }
    }

    private static (int Width, int Height) Stack(Plot plot, StackFigure figure)
    {
        Label(plot, figure.Across, figure.Up);
        var floors = new double[figure.X.Count];
        foreach (var (layer, i) in figure.Layers.Select((layer, i) => (layer, i)))
        {
            var bars = new List<Bar>();
            for (var x = 0; x < floors.Length; x++)
            {
                bars.Add(
                    new()
                    {
                        Position = figure.X[x],
                        ValueBase = floors[x],
                        Value = floors[x] + layer.Shares[x],
                        Size = 0.86,
                        FillColor = i < Colours.Length - 1 ? Colours[i] : Quiet, // the last is black, too loud for an area
                        LineWidth = 0,
                    }
                );
                floors[x] += layer.Shares[x];
            }

            plot.Add.Bars(bars).LegendText = layer.Name;
        }

        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            IntegerTicksOnly = true,
        };
        plot.Axes.SetLimits(figure.X[0] - 0.6, figure.X[^1] + 0.6, 0, 1);
        plot.Grid.XAxisStyle.IsVisible = false;
        Legend(plot, isShown: true);
        return (Width, Height);
    }

    private static string Described(Ridge ridge) =>
        $"{ridge.Name}\nmedian {string.Join(" → ", ridge.Medians.Select(median => median.ToString("0.00", CultureInfo.InvariantCulture)))}";

    /// <summary>How far out there is anything to see, in quarters of the range.</summary>
    private static double Reach(RidgeFigure figure)
    {
        var outermost = figure
            .Ridges.SelectMany(ridge => ridge.Shares)
            .SelectMany(shares =>
                shares.Select(
                    (share, b) =>
                        share > 0
                            ? Math.Max((2.0 * (b + 1) / shares.Count) - 1, 1 - (2.0 * b / shares.Count))
                            : 0
                )
            )
            .Max();
        return figure.Range * Math.Ceiling(Math.Round(4 * outermost, 9)) / 4;
    }

    /// <summary>The outline of a histogram, closed along its floor.</summary>
    private static Coordinates[] Steps(IReadOnlyList<double> shares, double range, double floor, double scale)
    {
        var width = 2 * range / shares.Count;
        var outline = new List<Coordinates> { new(-range, floor) };
        for (var b = 0; b < shares.Count; b++)
        {
            outline.Add(new(-range + (b * width), floor + (shares[b] * scale)));
            outline.Add(new(-range + ((b + 1) * width), floor + (shares[b] * scale)));
        }

        outline.Add(new(range, floor));
        return [.. outline];
    }

    private static void Floor(Plot plot, double y)
    {
        var line = plot.Add.HorizontalLine(y);
        line.Color = new("#BBBBBB");
        line.LineWidth = 1;
    }
}

using MMOrleans.Client.Plots;
using ScottPlot;
using SkiaSharp;

namespace MMOrleans.Client.Tests.Plots;

public sealed class FigureDrawingTests
{
    private static readonly LineFigure Loss = new(
        "loss",
        "Loss",
        "epoch",
        "loss",
        [new("training", [1, 2, 3], [3, 2, 1]), new("test", [1, 2, 3], [4, double.NaN, 2])]
    )
    {
        Mark = (2.5, "re-weighting begins"),
    };

    [Fact]
    public void AFigureNamesItsAxesItsLinesAndThePhaseBoundary()
    {
        var svg = FigureDrawing.Svg(Loss);

        Assert.All(
            ["Loss", "epoch", "training", "test", "re-weighting begins"],
            words => Assert.Contains(words, svg, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void TextIsDrawnWithTheTypefaceOfTheProgramWhateverTheMachineHas()
    {
        _ = FigureDrawing.Svg(Loss);

        Assert.IsType<EmbeddedTypefaces>(Assert.Single(Fonts.FontResolvers));
        var face = new EmbeddedTypefaces().CreateTypeface(
            "A face that no machine has",
            bold: false,
            italic: false
        )!;
        Assert.Equal(EmbeddedTypefaces.Family, face.FamilyName);
        Assert.All("Loss 0.123 ± × − é", letter => Assert.NotEqual(0, face.GetGlyph(letter)));
    }

    [Fact]
    public void APngHasTwoPixelsForOneAndShowsTheWords()
    {
        using var named = SKBitmap.Decode(FigureDrawing.Png(Loss));
        using var other = SKBitmap.Decode(FigureDrawing.Png(Loss with { Up = "love" }));

        Assert.Equal(1360, named.Width);
        // Another word in the axis' label is another picture: boxes in place of letters would look the same.
        Assert.NotEqual(named.Bytes, other.Bytes);
    }

    [Fact]
    public void AMatrixHasItsNumbersUpToTwentyClasses()
    {
        Assert.Matches(@">\s*0\.73\s*<", Confusion(20));
        Assert.DoesNotMatch(@">\s*0\.73\s*<", Confusion(21));

        static string Confusion(int classes)
        {
            var rows = Enumerable
                .Range(0, classes)
                .Select(_ => (IReadOnlyList<double>)Enumerable.Repeat(0.73, classes).ToList());
            var names = Enumerable.Range(0, classes).Select(c => $"class {c}").ToList();
            return FigureDrawing.Svg(
                new MatrixFigure("confusion", "Confusion", "predicted", "true", names, [.. rows])
            );
        }
    }
}

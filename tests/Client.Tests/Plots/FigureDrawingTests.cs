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

    [Theory]
    [InlineData("猫头鹰", 1)]
    [InlineData("犬とカモメ", 1)]
    [InlineData("고양이", 1)]
    [InlineData("قطة سوداء", 1)]
    [InlineData("חתול", 1)]
    [InlineData("кошка", 1)]
    [InlineData("cat 猫", 2)]
    public void ANameOfAnyScriptIsDrawnInItsLetters(string name, int runs)
    {
        Assert.True(NameTypefaces.CanDraw(name));
        Assert.Equal(runs, NameText.Runs(name).Count);
        Assert.All(
            NameText.Runs(name),
            run =>
                Assert.All(
                    run.Text.EnumerateRunes(),
                    rune => Assert.NotEqual(0, run.Face.GetGlyph(rune.Value))
                )
        );
        var (outline, width) = NameText.Outline(name, 11);
        using (outline)
            Assert.InRange(outline.Bounds.Width, 1, width + 2);
        Assert.Equal(name, ClassLabels.Of(name, 7));
        Assert.Equal("class", ClassLabels.Axis("class", [name]));
    }

    [Theory]
    [InlineData("قط (12)", new[] { "قط", " (12)" })]
    [InlineData("قطة 12", new[] { "12", "قطة " })]
    [InlineData("قط 12 كبير", new[] { " كبير", "12", "قط " })]
    [InlineData("a قط b", new[] { "a ", "قط", " b" })]
    public void RightToLeftLettersAreTurnedRoundAsAWholeAndNumbersAreNot(string name, string[] fromTheLeft)
    {
        Assert.Equal(fromTheLeft, NameText.Runs(name).Select(run => run.Text));
        Assert.All(
            NameText.Runs(name),
            run => Assert.Equal(run.Text.Any(c => c > '\u0590'), run.IsRightToLeft)
        );
    }

    /// <summary>Joined, an Arabic letter has another form than alone.</summary>
    [Fact]
    public void ArabicLettersAreJoined()
    {
        var (word, width) = NameText.Outline("بيت", 20);
        var (apart, wider) = NameText.Outline("ب ي ت", 20);
        using (word)
        using (apart)
            Assert.True(width < wider - (2 * NameText.Outline(" ", 20).Width) - 5, $"{width} and {wider}");
    }

    [Fact]
    public void ANameThatNothingCanDrawIsTheClasssNumberWithANote()
    {
        const string name = "\U000E0FFF\U00016FFF"; // no letters of any typeface

        Assert.Equal("class 3", ClassLabels.Of(name, 3));
        Assert.Equal($"class; {ClassLabels.Note}", ClassLabels.Axis("class", ["cat", name]));
    }

    [Fact]
    public void AFigureWithChineseNamesShowsThem()
    {
        using var first = SKBitmap.Decode(FigureDrawing.Png(Named("猫头鹰")));
        using var second = SKBitmap.Decode(FigureDrawing.Png(Named("猫头鸡")));

        // Boxes in place of letters would look the same.
        Assert.NotEqual(first.Bytes, second.Bytes);
        Assert.Contains("<path", FigureDrawing.Svg(Named("猫头鹰")), StringComparison.Ordinal);

        static BarFigure Named(string name) =>
            new("class_error", "Test error", "class", "error", ["cat", name], [("error", [0.5, 0.25])]);
    }

    [Fact]
    public void ALongNameKeepsItsBeginningAndItsEnd()
    {
        var label = ClassLabels.Of("n02099601_golden_retriever_of_the_long_kind", 0);

        Assert.Equal("n02099601_golde…ong_kind", label);
        Assert.Equal("cat", ClassLabels.Of("cat", 0));
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

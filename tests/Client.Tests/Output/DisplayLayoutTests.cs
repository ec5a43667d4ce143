using MMOrleans.Client.Output;
using MMOrleans.Runs.Life;
using Spectre.Console;
using Spectre.Console.Testing;

namespace MMOrleans.Client.Tests.Output;

public sealed class DisplayLayoutTests
{
    private const string Hint = "Ctrl-C leaves the display, the run goes on.   stop: mm stop r-7f3k9q";

    private static DisplayModel Model()
    {
        var model = new DisplayModel(Some.Status(), Some.Time);
        model.Apply(
            Some.Update(
                epochs: Some.Epochs(170),
                events:
                [
                    Some.Event("membership", "silo-2 lost; 2 slots recomputed; 3 → 2 trainers"),
                    Some.Event("checkpoint", "checkpoint epoch 170, 3.7 MB, 0.04 s"),
                ]
            ),
            Some.Time
        );
        return model;
    }

    private static string[] Draw(DisplayModel model, int width, Glyphs? glyphs = null)
    {
        using var console = new TestConsole();
        console.Profile.Width = width;
        foreach (
            var line in new DisplayLayout(glyphs ?? Glyphs.Monochrome).Lines(model, width, Some.Time, Hint)
        )
        {
            console.MarkupLine(line.Markup());
        }

        return console.Output.TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void AWideTerminalShowsEverything()
    {
        string[] expected =
        [
            " run r-7f3k9q  c10-lt100-mm   mm-drw · resnet32 · CIFAR-10 long-tailed 100:1 · seed 1                           running",
            " epoch 171/200 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━────── 85 %  round 61/97   deferred re-weighting since 160",
            " 1:12:44 elapsed   12:31 left   486 img/s   loss 0.412   lr 0.001   grad norm 1.8",
            "",
            " test accuracy   all 70.0   many 82.5   medium 77.8   few 60.0   worst class 66.1 (ship)    best 70.0 at 170",
            " loss ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅    tail accuracy ▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇██",
            "",
            " TRAINER     DEVICE   SLOTS   IMG/S    ROUND   DATA   COMPUTE   EXCHANGE   WAIT   STATE",
            " silo-0/t0   cuda:0   0-1       243   263 ms    2 %      81 %       15 %    2 %   ok",
            " silo-1/t0   cuda:0   2-3       243   263 ms    2 %      80 %       15 %    3 %   ok",
            " 10:41:07  checkpoint epoch 170, 3.7 MB, 0.04 s",
            " 10:41:07  silo-2 lost; 2 slots recomputed; 3 → 2 trainers",
            " Ctrl-C leaves the display, the run goes on.   stop: mm stop r-7f3k9q",
        ];

        Assert.Equal(expected, Draw(Model(), 121));
    }

    [Fact]
    public void BelowAHundredColumnsTheLowerTablesFoldAway()
    {
        var text = string.Join('\n', Draw(Model(), 99));

        Assert.DoesNotContain("TRAINER", text);
        Assert.DoesNotContain("checkpoint", text);
        Assert.Contains("test accuracy", text);
        Assert.Contains("tail accuracy", text);
    }

    [Fact]
    public void NoWidthCutsACommandOrANumber()
    {
        var wide = string.Join(' ', Draw(Model(), 121));
        for (var width = 60; width <= 121; width++)
        {
            var lines = Draw(Model(), width);
            Assert.Contains(lines, line => line.Contains("mm stop r-7f3k9q", StringComparison.Ordinal));
            // The title is a name and may be cut; what is measured is there or not.
            foreach (
                var word in lines
                    .Skip(1)
                    .Where(line => !line.Contains('━'))
                    .SelectMany(line => line.Split(' '))
            )
                Assert.False(word.EndsWith('…'), $"{width}: {word}");
            foreach (
                var line in lines.Where(line => line.StartsWith(" test accuracy", StringComparison.Ordinal))
            )
            foreach (
                var field in line.Split(
                    "   ",
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                )
            )
                Assert.Contains($"{field} ", wide + " ");
        }
    }

    [Fact]
    public void ALossThatThereIsNotIsNotShown()
    {
        var status = Some.Status();
        var model = new DisplayModel(
            status with
            {
                Progress = status.Progress with { Loss = double.NaN },
            },
            Some.Time
        );

        Assert.DoesNotContain("loss -", string.Join(' ', Draw(model, 121)));
    }

    [Fact]
    public void BelowSixtyColumnsOneLineRemains() =>
        Assert.Equal(["r-7f3k9q 171/200 85 % acc 70.0 few 60.0 12:31 left"], Draw(Model(), 59));

    [Theory]
    [
        InlineData(20),
        InlineData(59),
        InlineData(60),
        InlineData(80),
        InlineData(99),
        InlineData(100),
        InlineData(200)
    ]
    public void NoLineReachesTheLastColumn(int width)
    {
        foreach (var glyphs in new[] { Glyphs.Coloured, Glyphs.Monochrome, Glyphs.Ascii })
        {
            Assert.All(
                Draw(Model(), width, glyphs),
                line => Assert.InRange(line.GetCellWidth(), 0, width - 1)
            );
        }
    }

    [Fact]
    public void TheBestIsShownWholeOrNotAtAll()
    {
        List<string> shown = [];
        for (var width = 60; width <= 121; width++)
        {
            var line = Draw(Model(), width)
                .Single(line => line.StartsWith(" test", StringComparison.Ordinal));
            if (line.Contains("   be", StringComparison.Ordinal))
                shown.Add(line);
        }

        Assert.NotEmpty(shown);
        Assert.All(shown, line => Assert.EndsWith("    best 70.0 at 170", line, StringComparison.Ordinal));
    }

    [Fact]
    public void WhenNoRoundIsComputedTheLossIsThatOfTheLastEpoch()
    {
        var model = new DisplayModel(Some.Status(), Some.Time);
        model.Apply(
            Some.Update(
                RunStatus.Finished,
                Some.Epochs(200),
                progress: Some.Progress() with
                {
                    Loss = double.NaN,
                }
            ),
            Some.Time
        );

        Assert.Contains("loss 0.4121   ", Draw(model, 121)[2], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutUnicodeEveryCharacterIsAscii()
    {
        var model = new DisplayModel(Some.Status(), Some.Time);
        model.Apply(Some.Update(epochs: Some.Epochs(20)), Some.Time);

        Assert.All(string.Concat(Draw(model, 120, Glyphs.Ascii)), c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public void ALostConnectionIsCountedInThePlaceOfTheState()
    {
        var model = Model();
        model.Lose(Some.Time - TimeSpan.FromSeconds(12));

        Assert.EndsWith("reconnecting (12 s)", Draw(model, 121)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void MarkupInAMessageIsShownAsItIs()
    {
        var model = new DisplayModel(Some.Status(), Some.Time);
        model.Apply(Some.Update(events: [Some.Event("warning", "[red]odd[/] \e[2J name")]), Some.Time);

        Assert.Contains(" 10:41:07  [red]odd[/] [2J name", Draw(model, 121));
    }

    [Fact]
    public void BeforeTheFirstEvaluationThereIsNoAccuracy()
    {
        var model = new DisplayModel(Some.Status(RunStatus.Starting), Some.Time);
        model.Apply(
            Some.Update(RunStatus.Starting, progress: new() { Epochs = 200, Activity = "opening cifar10" }),
            Some.Time
        );

        var lines = Draw(model, 121);

        Assert.EndsWith("starting", lines[0], StringComparison.Ordinal);
        Assert.Contains("0 %  opening cifar10", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains("accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public void TheWorstClassIsOneWithTestImages()
    {
        var model = Model();
        model.Apply(
            Some.Update(
                epochs:
                [
                    Some.Epoch(171) with
                    {
                        Counts = new(
                            [0.9, null, 0.8, 0.7, 0.75, 0.77, 0.8, 0.79, 0.661, 0.72],
                            [],
                            null,
                            null
                        ),
                    },
                ]
            ),
            Some.Time
        );

        Assert.Contains(
            Draw(model, 121),
            line => line.Contains("worst class 66.1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void TheClockGoesOnBetweenTwoReports()
    {
        var model = Model();

        var (elapsed, left) = model.Clock(Some.Time + TimeSpan.FromSeconds(2));

        Assert.Equal(new TimeSpan(1, 12, 46), elapsed);
        Assert.Equal(new TimeSpan(0, 12, 29), left);
    }

    [Fact]
    public void AnEpochToldTwiceIsOneEpoch()
    {
        var model = Model();

        model.Apply(Some.Update(epochs: [Some.Epoch(170, accuracy: 0.5)]), Some.Time);

        Assert.Equal(170, model.Epochs.Count);
        Assert.Equal(0.5, model.Evaluated!.Accuracy);
    }
}

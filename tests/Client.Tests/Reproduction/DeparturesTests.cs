using MMOrleans.Client.Reproduction;
using MMOrleans.Configuration;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Tests.Reproduction;

public sealed class DeparturesTests
{
    private static readonly Cell MmDrw = new("mm-drw", "cifar10-lt-100", 2);

    [Fact]
    public void TheCellAsPublishedDepartsInNothing() => Assert.Empty(Of());

    [Fact]
    public void FewerEpochsAndWhatScalesWithThemAreNoDeparture() =>
        Assert.Empty(Of(("--epochs", "train.epochs", "20")));

    [Fact]
    public void AnotherDataSetAndNetworkAreNamedWithThePublishedOnes()
    {
        var departures = Of(("--dataset", "dataset.name", "synthetic"), ("--model", "model.arch", "resnet8"));

        Assert.Contains("dataset.name=synthetic (published cifar10)", departures);
        Assert.Contains("model.architecture=resnet8 (published resnet32)", departures);
    }

    [Fact]
    public void TheTableSaysItInEveryForm()
    {
        var table = new ReproducedTable(
            200,
            [new(MmDrw, "r-7f3k9q", 22.5, 23, new string('a', 64), null, 200, 1000, 10)],
            ["dataset.name=synthetic (published cifar10)"]
        );

        Assert.Contains(
            "OTHER SETTINGS than published: dataset.name=synthetic (published cifar10)",
            table.Markdown(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "OTHER SETTINGS than published",
            string.Join('\n', table.Lines().Select(line => line.ToString())),
            StringComparison.Ordinal
        );
        Assert.Single(table.Document()["departures"]!.AsArray());
        Assert.Contains("OTHER SETTINGS", Assert.Single(table.Charts()).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void TheChartHoldsTheNumbersOfTheTable()
    {
        CellResult Result(long seed, double best) =>
            new(
                MmDrw with
                {
                    Seed = seed,
                },
                $"r-00000{seed}",
                best,
                best,
                new string('a', 64),
                null,
                20,
                1000,
                10
            );
        var table = new ReproducedTable(20, [Result(1, 22), Result(2, 24)], []);

        var chart = Assert.Single(table.Charts());

        // 22 and 24: 23 ± √2; published 21.98.
        Assert.Equal([23], chart.Bars[0].Values);
        Assert.Equal(Math.Sqrt(2), chart.Deviations![0]![0], 1e-12);
        Assert.Equal([21.98], chart.Bars[1].Values);
        Assert.Contains("SCALED SCHEDULE, 20 of 200 epochs", chart.Title, StringComparison.Ordinal);
        Assert.Equal(23, (double)table.Document()["cells"]![0]!["best_error"]!);
    }

    private static IReadOnlyList<string> Of(params (string, string, string)[] flags) =>
        Departures.Of([
            (
                MmDrw,
                RunConfiguration
                    .Resolve(
                        new()
                        {
                            WorkingFolder = null,
                            Flags =
                            [
                                .. flags,
                                ("--columns", "preset", MmDrw.Column),
                                ("--rows", "method.name", MmDrw.Row),
                                ("--seeds", "seed", $"{MmDrw.Seed}"),
                            ],
                        }
                    )
                    .Specification
            ),
        ]);
}

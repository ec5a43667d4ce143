using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Plots;
using MMOrleans.Client.Reports;
using MMOrleans.Learning;
using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Client.Tests.Reports;

public sealed class ReportTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void FiguresPageAndTablesHoldTheNumbersOfTheJson()
    {
        var folder = Written(RunsOnDisk.Record(few: 0.7123456789), epochs: 200);

        var json = Json(folder);
        var errors = json["classes"]!.AsArray().Select(c => (double)c!["error"]!).ToList();
        var figure = (BarFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "class_error");
        Assert.Equal(errors, figure.Bars[0].Values);
        Assert.Equal(
            errors,
            File.ReadAllLines(PathOf(folder, "per_class.csv"))
                .Skip(1)
                .Select(line => Number(line.Split(',')[^1]))
        );
        var page = File.ReadAllText(PathOf(folder, "index.html"));
        foreach (
            var name in new[] { "accuracy", "accuracy_few", "macro_f1", "geometric_mean", "worst_class" }
        )
            Assert.Equal(
                (double)json[name]!,
                Number(Regex.Match(page, $"<data class=\"{name}\" value=\"([^\"]+)\"").Groups[1].Value)
            );
        Assert.Equal(
            errors,
            Regex
                .Matches(page, "<data class=\"error\" value=\"([^\"]+)\"")
                .Select(m => Number(m.Groups[1].Value))
        );
        Assert.Equal(
            json["confusion"]!.AsArray().Select(count => (long)count!),
            File.ReadAllLines(PathOf(folder, "confusion.csv"))
                .Skip(1)
                .SelectMany(line => line.Split(',').Skip(1))
                .Select(long.Parse)
        );
    }

    [Fact]
    public void CurvesAreThoseOfTheRunAndTheSwitchIsMarkedBetweenItsEpochs()
    {
        var folder = Written(RunsOnDisk.Record(), epochs: 200);

        var loss = (LineFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "loss");

        Assert.Equal(
            Json(folder)["curves"]!.AsArray().Select(row => (double)row!["train_loss"]!),
            loss.Lines[0].Y
        );
        Assert.Equal(160.5, loss.Mark!.Value.X);
    }

    [Fact]
    public void ThePageAsksNothingOfAnyNetwork()
    {
        var page = File.ReadAllText(PathOf(Written(RunsOnDisk.Record(), epochs: 3), "index.html"));

        var asked = Regex
            .Matches(page, "(?:src|href|url)[=(]\"?([^\")]+)")
            .Select(m => m.Groups[1].Value)
            .ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, address => Assert.StartsWith("data:", address, StringComparison.Ordinal));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnfinishedRunSaysWhatIsMissing()
    {
        var record = RunsOnDisk.Record(status: RunStatusName.Failed) with { Epoch = 43 };

        var folder = Written(record, epochs: 43);

        Assert.Contains("failed at epoch 43 of 200", _runs.Words, StringComparison.Ordinal);
        Assert.Contains("re-weighting begins after epoch 160", _runs.Words, StringComparison.Ordinal);
        Assert.Contains(
            "failed at epoch 43 of 200",
            File.ReadAllText(PathOf(folder, "index.html")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ARunWithoutAnEvaluationHasAReportThatSaysSo()
    {
        var record = RunsOnDisk.Record(status: RunStatusName.Stopped) with
        {
            Epoch = 0,
            ClassAccuracy = [],
            Confusion = [],
            Best = null,
            Last = null,
        };

        var folder = Written(record, epochs: 0);

        Assert.Contains("not evaluated yet", _runs.Words, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf(folder, "confusion.svg")));
        Assert.True(File.Exists(PathOf(folder, "class_counts.svg")));
    }

    [Fact]
    public void ComparedRunsAreOneColourEachAndSeedsAreMeansWithDeviations()
    {
        _runs.Write(RunsOnDisk.Record("r-000001", seed: 1, few: 0.70));
        _runs.Write(RunsOnDisk.Record("r-000002", seed: 2, few: 0.74));
        _runs.Write(RunsOnDisk.Record("r-000003", "erm", few: 0.60));

        CompareCommand.Compare(
            _runs.Invocation(json: true),
            _runs.Catalogue,
            ["r-000001", "r-000002", "r-000003"],
            withFigure: true
        );

        // Errors of the rarest class: 0.30 and 0.26, so 0.28 ± 0.0283, and 0.40.
        var column = _runs.Json()["columns"]![0]!;
        Assert.Equal(0.28, (double)column["class_error"]!["truck"]!, 1e-12);
        var svg = File.ReadAllText(Path.Combine(_runs.Root, "compare", "class_error.svg"));
        Assert.Contains("mm-drw (2 seeds)", svg, StringComparison.Ordinal);
        Assert.Contains("r-000003 (erm)", svg, StringComparison.Ordinal);
        Assert.Contains("#0072B2", svg, StringComparison.Ordinal);
        Assert.Contains("#D55E00", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void RunsOverDifferentClassesAreNotDrawnSideBySide()
    {
        _runs.Write(RunsOnDisk.Record("r-000001"));
        _runs.Write(RunsOnDisk.Record("r-000002", "erm") with { ClassCounts = [5000, 500, 51] });

        var fault = Assert.Throws<LearningFault>(() =>
            CompareCommand.Compare(
                _runs.Invocation(),
                _runs.Catalogue,
                ["r-000001", "r-000002"],
                withFigure: true
            )
        );

        Assert.Equal("MM1005", fault.Code);
        Assert.Empty(_runs.Output);
        Assert.False(Directory.Exists(Path.Combine(_runs.Root, "compare")));
    }

    public void Dispose() => _runs.Dispose();

    private RunFolder Written(RunRecord record, int epochs)
    {
        var folder = _runs.Write(record);
        foreach (var epoch in Enumerable.Range(1, epochs))
            MetricsCsv.Append(
                folder.Metrics,
                RunsOnDisk.Row(epoch) with
                {
                    TrainLoss = 1.0 / epoch,
                    Phase = epoch <= 160 ? "main" : "deferred",
                }
            );
        ReportCommand.Report(_runs.Invocation(), folder, folder.Report);
        return folder;
    }

    private static RunReport Report(RunFolder folder) =>
        new(RunRecord.Read(folder.Record), RunStatusName.Finished, MetricsCsv.Read(folder.Metrics));

    private static JsonObject Json(RunFolder folder) =>
        JsonNode.Parse(File.ReadAllText(PathOf(folder, "metrics.json")))!.AsObject();

    private static string PathOf(RunFolder folder, string name) => Path.Combine(folder.Report, name);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

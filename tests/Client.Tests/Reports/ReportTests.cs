using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Plots;
using MMOrleans.Client.Reports;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using Parquet;

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
            var name in new[]
            {
                "accuracy",
                "accuracy_few",
                "balanced_accuracy",
                "macro_f1",
                "geometric_mean",
                "worst_class",
                "top5",
                "ece",
                "ece_few",
                "nll",
                "margin_median_few",
            }
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
    public void PageTellsWhichImagesWereNotRead()
    {
        var folder = Written(
            RunsOnDisk.Record() with
            {
                SkippedImages = 3,
                PassedOver = [new("<b> files", 2, ["a/c.tif"])],
            },
            epochs: 200
        );

        var page = File.ReadAllText(PathOf(folder, "index.html"));

        Assert.Contains("<li>images that cannot be read: 3</li>", page, StringComparison.Ordinal);
        Assert.Contains("<li>&lt;b&gt; files: 2 (a/c.tif, …)</li>", page, StringComparison.Ordinal);
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
    public void MarginsAreDrawnByShotGroupBeforeAndAfterTheSwitch()
    {
        var folder = Written(RunsOnDisk.Record(), epochs: 200);

        var margins = (RidgeFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "margins");

        Assert.Equal(["before re-weighting, epoch 160", "after, epoch 200"], margins.Layers);
        Assert.Equal(["many", "medium", "few"], margins.Ridges.Select(ridge => ridge.Name));
        Assert.All(margins.Ridges.SelectMany(r => r.Shares), shares => Assert.Equal(1, shares.Sum(), 1e-12));
        // The hump of few is around place 86, the sixth bin of 0.025 above 0, and eight bins further right at the end.
        Assert.Equal([0.1375, 0.3375], margins.Ridges[2].Medians.Select(median => Math.Round(median, 12)));
        var json = Json(folder)["margins"]!;
        Assert.Equal((160, 200), ((int)json["before"]!["epoch"]!, (int)json["after"]!["epoch"]!));
        Assert.Equal(100, json["after"]!["few"]!.AsArray().Sum(count => (long)count!));
    }

    [Fact]
    public void ReliabilityIsAccuracyAndConfidenceOfEveryBin()
    {
        var folder = Written(RunsOnDisk.Record(), epochs: 3);

        var figure = (ReliabilityFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "reliability");

        // (|1 − 1.5| + |3 − 2.5| + |8 − 7|) / 16 = 0.125 by these bins; the title says what the evaluation said.
        Assert.Equal("Reliability: ECE 0.063 in 4 bins", figure.Title);
        Assert.Equal([double.NaN, 0.25, 0.75, 1], figure.Accuracy);
        Assert.Equal([double.NaN, 0.375, 0.625, 0.875], figure.Confidence);
        Assert.Equal([0, 0.25, 0.25, 0.5], figure.Shares);
        Assert.Equal(
            [0L, 1, 3, 8],
            Json(folder)["calibration"]!.AsArray().Select(bin => (long)bin!["correct"]!)
        );
    }

    [Fact]
    public void SharesOfTimeAddUpInEveryEpoch()
    {
        var folder = Written(RunsOnDisk.Record(), epochs: 3);

        var stages = (StackFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "stages");

        Assert.All(
            Enumerable.Range(0, 3),
            epoch => Assert.Equal(1, stages.Layers.Sum(layer => layer.Shares[epoch]), 1e-12)
        );
    }

    [Fact]
    public void ARunOfAnOlderVersionSaysWhatItDidNotCount()
    {
        var record = RunsOnDisk.Record() with { Calibration = null, Margins = null, MarginsBefore = null };

        var folder = Written(record, epochs: 200);

        Assert.Contains("margins and calibration (ece, nll)", _runs.Words, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf(folder, "margins.svg")));
        Assert.False(File.Exists(PathOf(folder, "reliability.svg")));
    }

    [Fact]
    public void AForkSaysThatItHasNoMarginsFromBefore()
    {
        var record = RunsOnDisk.Record() with { MarginsBefore = null, Parent = "r-plain1@epoch-0160" };

        var folder = Written(record, epochs: 200);

        Assert.Contains("the run began at r-plain1@epoch-0160", _runs.Words, StringComparison.Ordinal);
        var margins = (RidgeFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "margins");
        Assert.Equal(["epoch 200"], margins.Layers);
    }

    [Fact]
    public async Task WithoutACheckpointThereAreNoPredictionsAndTheReportSaysWhy()
    {
        var folder = _runs.Write(RunsOnDisk.Record());

        var why = await Predictions.MakeAsync(
            _runs.Invocation(),
            folder,
            folder.Report,
            null,
            TestContext.Current.CancellationToken
        );
        ReportCommand.Report(_runs.Invocation(), folder, folder.Report, why);

        Assert.Contains(
            "predictions.parquet: the run has no intact checkpoint",
            _runs.Words,
            StringComparison.Ordinal
        );
        Assert.Null(Json(folder)["predictions"]);
    }

    [Fact]
    public async Task WithoutImagesThereAreNoPredictionsAndTheFixIsNamed()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        _runs.Checkpoint(folder, 200);

        var why = await Predictions.MakeAsync(
            _runs.Invocation(),
            folder,
            folder.Report,
            "nowhere",
            TestContext.Current.CancellationToken
        );

        Assert.Matches("^MM(2001|9001) ", why); // 9001 where there is no native library either
        Assert.False(File.Exists(PathOf(folder, Predictions.FileName)));
    }

    [Fact]
    public async Task PredictionsAreReadBackAndMadeOnceForAState()
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        var manifest = new CheckpointEntry(_runs.Checkpoint(folder, 200)).Manifest!;
        Directory.CreateDirectory(folder.Report);
        var path = PathOf(folder, Predictions.FileName);

        await Predictions.WriteAsync(path, manifest, [new(1, 0, 0.75, -0.5), new(2, 2, 0.9, 1.25)]);

        await using var reader = await ParquetReader.CreateAsync(
            path,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            ["index", "true_class", "predicted_class", "confidence", "margin"],
            reader.Schema.GetDataFields().Select(field => field.Name)
        );
        using var group = reader.OpenRowGroupReader(0);
        var margins = new double[2];
        await group.ReadAsync<double>(
            reader.Schema.GetDataFields()[4],
            margins.AsMemory(),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal([-0.5, 1.25], margins);
        // Of the newest checkpoint's state, so it is not made again, although there are no images here.
        Assert.Null(
            await Predictions.MakeAsync(
                _runs.Invocation(),
                folder,
                folder.Report,
                "nowhere",
                TestContext.Current.CancellationToken
            )
        );
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
        var record = RunsOnDisk.Record(status: RunStatus.Failed) with { Epoch = 43 };

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
        var record = RunsOnDisk.Record(status: RunStatus.Stopped) with
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

    /// <summary>Null in the file, a word for people, no bar, no cell, in no mean.</summary>
    [Fact]
    public void AClassWithoutTestImagesHasNoErrorAnywhere()
    {
        var record = RunsOnDisk.Record() with
        {
            ClassAccuracy = [0.9, null, 0.72],
            Confusion = [90, 5, 5, 0, 0, 0, 14, 14, 72],
            Last = RunsOnDisk.Row(200).With("worst_class", null),
        };

        var folder = Written(record, epochs: 200);

        var json = Json(folder);
        Assert.Null(json["classes"]![1]!["error"]);
        Assert.Equal((0.81, 0.72), ((double)json["balanced_accuracy"]!, (double)json["worst_class"]!));
        Assert.Contains(
            "no test images: bird; its error is undefined, and no mean counts it",
            json["missing"]!.AsArray().Select(words => (string)words!)
        );
        Assert.Contains(
            "bird,500,medium,,\n",
            File.ReadAllText(PathOf(folder, "per_class.csv")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<td class=\"n\">no test images</td>",
            File.ReadAllText(PathOf(folder, "index.html")),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("NaN", File.ReadAllText(folder.Record), StringComparison.Ordinal);
        var bars = (BarFigure)ReportFigures.Of(Report(folder)).First(f => f.Name == "class_error");
        Assert.Equal("bird (500, no test images)", bars.Categories[1]);
        Assert.Equal(2, bars.Bars[0].Values.Count(double.IsFinite));
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

        var fault = Assert.Throws<FaultException>(() =>
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
        new(RunRecord.Read(folder.Record), RunStatus.Finished, MetricsCsv.Read(folder.Metrics));

    private static JsonObject Json(RunFolder folder) =>
        JsonNode.Parse(File.ReadAllText(PathOf(folder, "metrics.json")))!.AsObject();

    private static string PathOf(RunFolder folder, string name) => Path.Combine(folder.Report, name);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

using System.Globalization;
using MMOrleans.Client.Output;
using MMOrleans.Client.Plots;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Client.Reports;

/// <summary>The figures of a report: which numbers each shows.</summary>
internal static class ReportFigures
{
    // Wide enough for a few thousand images to make a shape; divides the histogram's own.
    private const int MarginBins = 80;

    // Cosines have no margin beyond 2: nothing is at the ends of their axis.
    private const double CosineMargins = 3;

    /// <summary>Those that the run has numbers for.</summary>
    public static IEnumerable<Figure> Of(RunReport report)
    {
        if (report.Epochs.Count > 0)
        {
            yield return Lines(
                report,
                "loss",
                $"Loss ({report.Specification.Method.Loss})",
                "loss",
                ("training, with class weights", row => row.TrainLoss),
                ("test, without", row => row.TestLoss)
            );
            if (report.Epochs.Any(row => row.Accuracy is not null))
                yield return Lines(
                    report,
                    "accuracy",
                    "Test accuracy",
                    "accuracy",
                    ("all classes", row => row.Accuracy),
                    ("many", row => row.Many),
                    ("medium", row => row.Medium),
                    ("few", row => row.Few)
                );
        }

        if (report.Classes.Count > 0)
            yield return ClassErrorBars([(report.Specification.Method.Name, [report.Record])]);
        if (report.Record.ClassCounts.Count > 0)
            yield return new BarFigure(
                "class_counts",
                "Training images",
                ClassLabels.Axis("class", AllNames(report)),
                "images",
                Names(report),
                [("images", [.. report.Order.Select(c => (double)report.Record.ClassCounts[c])])]
            )
            {
                IsLogarithmic = true,
            };
        if (report.ConfusionShares is { Count: > 0 } shares)
            yield return new MatrixFigure(
                "confusion",
                "Confusion: share of each true class, by falling training count",
                ClassLabels.Axis("predicted class", AllNames(report)),
                "true class",
                Names(report),
                shares
            );
        if (report.Record.Margins is { } margins)
            yield return Margins(report, margins);
        if (report.Record.Calibration is { } calibration)
            yield return Reliability(report, calibration);
        if (report.Epochs.Count > 0)
        {
            yield return Lines(
                report,
                "learning_rate",
                "Learning rate",
                "learning rate",
                ("learning rate", row => row.LearningRate)
            ) with
            {
                IsLogarithmic = report.Epochs.All(row => row.LearningRate > 0),
            };
            yield return Lines(
                report,
                "speed",
                "Speed, evaluation included",
                "rounds/s",
                ("rounds/s", row => RoundsPerSecond(report, row))
            );
            if (report.Epochs.Any(row => row["data_seconds"] is not null))
                yield return Stages(report);
        }
    }

    /// <summary>Test errors by class, ordered by training count, one colour a column; columns of several seeds are means with deviations.</summary>
    /// <param name="columns">Named groups of runs over the same classes; each run was evaluated.</param>
    public static BarFigure ClassErrorBars(
        IReadOnlyList<(string Name, IReadOnlyList<RunRecord> Runs)> columns
    )
    {
        var first = ClassErrors.Of(columns[0].Runs[0]);
        var spreads = columns
            .Select(column => column.Runs.Select(ClassErrors.Of).ToList())
            .Select(runs =>
                first
                    .Select(known =>
                        Spread.Of(runs.Select(run => run.First(result => result.Name == known.Name).Error))
                    )
                    .ToList()
            )
            .ToList();
        return new(
            "class_error",
            "Test error by class, by falling training count",
            ClassLabels.Axis("class (training images)", first.Select(result => result.Name)),
            "test error",
            [
                .. first.Select(result =>
                    double.IsNaN(result.Error)
                        ? $"{ClassLabels.Of(result.Name, result.Index)} ({result.TrainingImages}, {ClassErrors.WithoutTestImages})"
                        : $"{ClassLabels.Of(result.Name, result.Index)} ({result.TrainingImages})"
                ),
            ],
            [
                .. columns.Zip(
                    spreads,
                    (column, spread) => (column.Name, (IReadOnlyList<double>)[.. spread.Select(s => s.Mean)])
                ),
            ]
        )
        {
            Deviations =
            [
                .. spreads.Select(spread =>
                    spread[0].Count > 1
                        ? (IReadOnlyList<double>?)[.. spread.Select(s => s.Deviation ?? 0)]
                        : null
                ),
            ],
        };
    }

    private static RidgeFigure Margins(RunReport report, MarginRecord after)
    {
        List<MarginRecord> layers = report.MarginsBefore is { } before ? [before, after] : [after];
        var groups = new (string Name, Func<MarginRecord, IReadOnlyList<long>> Counts)[]
        {
            ("many", record => record.Many),
            ("medium", record => record.Medium),
            ("few", record => record.Few),
        };
        return new(
            "margins",
            "Margins of the test images by shot group",
            after.Range < CosineMargins
                ? "true logit minus the best other"
                : $"true logit minus the best other ({after.Range} and beyond at either end)",
            after.Range,
            layers.Count == 1
                ? [$"epoch {after.Epoch}"]
                : [$"before re-weighting, epoch {layers[0].Epoch}", $"after, epoch {after.Epoch}"],
            [
                .. groups
                    .Where(group => layers.All(layer => group.Counts(layer).Sum() > 0))
                    .Select(group =>
                    {
                        var histograms = layers
                            .Select(layer => new MarginHistogram(layer.Range, group.Counts(layer)))
                            .ToList();
                        return new Ridge(
                            group.Name,
                            [.. histograms.Select(histogram => histogram.Shares(MarginBins))],
                            [.. histograms.Select(histogram => histogram.Median!.Value)]
                        );
                    }),
            ]
        )
        {
            Sides = ("wrong", "right"),
        };
    }

    private static ReliabilityFigure Reliability(RunReport report, CalibrationRecord bins)
    {
        var images = (double)bins.Images.Sum();
        return new(
            "reliability",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Reliability: ECE {report.Record.Last?["ece"]:0.000} in {bins.Images.Count} bins"
            ),
            [.. bins.Correct.Zip(bins.Images, (correct, n) => (double)correct / n)],
            [.. bins.Confidence.Zip(bins.Images, (confidence, n) => confidence / n)],
            [.. bins.Images.Select(n => n / images)]
        );
    }

    private static StackFigure Stages(RunReport report)
    {
        var stages = new (string Name, Func<EpochResult, double?> Seconds)[]
        {
            ("data", row => row["data_seconds"]),
            ("forward", row => row["forward_seconds"]),
            ("backward", row => row["backward_seconds"]),
            ("exchange", row => row["exchange_seconds"]),
            ("wait", row => row["wait_seconds"]),
            ("apply", row => row["apply_seconds"]),
            ("evaluate", row => row["evaluate_seconds"]),
        };
        var rows = report.Epochs.Where(row => row["data_seconds"] is not null).ToList();
        return new(
            "stages",
            "Share of time per stage, of the trainer that leads",
            "epoch",
            "share of time",
            [.. rows.Select(row => (double)row.Epoch)],
            [
                .. stages.Select(stage =>
                    (
                        stage.Name,
                        (IReadOnlyList<double>)
                            [
                                .. rows.Select(row =>
                                    (stage.Seconds(row) ?? 0)
                                    / Math.Max(1e-9, stages.Sum(each => each.Seconds(row) ?? 0))
                                ),
                            ]
                    )
                ),
            ]
        );
    }

    private static double? RoundsPerSecond(RunReport report, EpochResult row) =>
        row.Seconds > 0
            ? (row.Round - (report.Epochs.LastOrDefault(before => before.Epoch < row.Epoch)?.Round ?? 0))
                / row.Seconds
            : null;

    private static IEnumerable<string> AllNames(RunReport report) =>
        report.Order.Select(c => ClassResults.NameOf(report.Record, c));

    private static IReadOnlyList<string> Names(RunReport report) =>
        [.. report.Order.Select(c => ClassLabels.Of(ClassResults.NameOf(report.Record, c), c))];

    private static LineFigure Lines(
        RunReport report,
        string name,
        string title,
        string up,
        params (string Name, Func<EpochResult, double?> Value)[] lines
    ) =>
        new(
            name,
            title,
            "epoch",
            up,
            [
                .. lines
                    .Select(line => new Series(
                        line.Name,
                        [.. report.Epochs.Select(row => (double)row.Epoch)],
                        [.. report.Epochs.Select(row => line.Value(row) ?? double.NaN)]
                    ))
                    .Where(line => line.Y.Any(double.IsFinite)),
            ]
        )
        {
            Mark =
                report.Switch is { } at && at < report.Epochs.Count
                    ? (at + 0.5, "re-weighting begins")
                    : null,
        };
}

using System.Globalization;
using System.Text.Json.Serialization;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Folders;

/// <summary>One epoch's numbers: a row of <c>metrics.csv</c>. What was not evaluated is null.</summary>
public sealed record EpochRow
{
    // As many as every version has written.
    private const int FirstColumns = 18;

    /// <summary>Completed epochs: 1 after the first.</summary>
    public required int Epoch { get; init; }

    /// <summary>Completed rounds.</summary>
    public required long Round { get; init; }

    /// <summary><c>pretraining</c>, <c>main</c> or <c>deferred</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Learning rate of the epoch.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Σ w·ℓ / Σ w over the epoch, ℓ the method's own loss, w the class weights.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of training images classified rightly while training, in [0, 1]; in pre-training by how they were turned.</summary>
    public required double TrainAccuracy { get; init; }

    /// <summary>Mean of the method's own loss on the test set, without class weights: comparable between epochs of one method only.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Top-1 accuracy on the test set, in [0, 1].</summary>
    public double? Accuracy { get; init; }

    /// <summary>Top-5 accuracy on the test set.</summary>
    public double? Top5 { get; init; }

    /// <summary>Mean accuracy of the classes with many training images.</summary>
    public double? Many { get; init; }

    /// <summary>The same for the middle group.</summary>
    public double? Medium { get; init; }

    /// <summary>The same for the rarest group.</summary>
    public double? Few { get; init; }

    /// <summary>Accuracy of the worst class.</summary>
    public double? WorstClass { get; init; }

    /// <summary>Norm of the last averaged gradient.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Training images that contributed.</summary>
    public long Images { get; init; }

    /// <summary>Wrapping sum of hash(sample, draw). Text in JSON, because many readers round large numbers.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong SampleSum { get; init; }

    /// <summary>Training images per second.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Seconds the epoch took, evaluation included.</summary>
    public double Seconds { get; init; }

    /// <summary>Expected calibration error of all test images, in [0, 1].</summary>
    public double? Ece { get; init; }

    /// <summary>The same of the images of classes with many training images.</summary>
    public double? EceMany { get; init; }

    /// <summary>The same of the middle group.</summary>
    public double? EceMedium { get; init; }

    /// <summary>The same of the rarest group.</summary>
    public double? EceFew { get; init; }

    /// <summary>Mean of −log p of the true class on the test set.</summary>
    public double? Nll { get; init; }

    /// <summary>Median margin of all test images: true logit minus the best other.</summary>
    public double? MarginMedian { get; init; }

    /// <summary>The same of the images of classes with many training images.</summary>
    public double? MarginMedianMany { get; init; }

    /// <summary>The same of the middle group.</summary>
    public double? MarginMedianMedium { get; init; }

    /// <summary>The same of the rarest group.</summary>
    public double? MarginMedianFew { get; init; }

    /// <summary>Mean accuracy of the classes.</summary>
    public double? BalancedAccuracy { get; init; }

    /// <summary>Mean F1 of the classes.</summary>
    public double? MacroF1 { get; init; }

    /// <summary>Geometric mean of the classes' accuracies.</summary>
    public double? GeometricMean { get; init; }

    /// <summary>Seconds that the trainer which reported the epoch waited for images.</summary>
    public double? DataSeconds { get; init; }

    /// <summary>Its seconds in forward passes.</summary>
    public double? ForwardSeconds { get; init; }

    /// <summary>Its seconds in backward passes.</summary>
    public double? BackwardSeconds { get; init; }

    /// <summary>Its seconds in sending and receiving.</summary>
    public double? ExchangeSeconds { get; init; }

    /// <summary>Its seconds in waiting for the slots of others.</summary>
    public double? WaitSeconds { get; init; }

    /// <summary>Its seconds in optimiser steps.</summary>
    public double? ApplySeconds { get; init; }

    /// <summary>Its seconds in the evaluation, until all slices were counted.</summary>
    public double? EvaluateSeconds { get; init; }

    /// <summary>The columns of the file, in order: new ones come last, so that files of older versions are read.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "epoch",
        "round",
        "phase",
        "lr",
        "train_loss",
        "train_accuracy",
        "test_loss",
        "accuracy",
        "top5",
        "many",
        "medium",
        "few",
        "worst_class",
        "grad_norm",
        "images",
        "sample_sum",
        "images_per_second",
        "seconds",
        "ece",
        "ece_many",
        "ece_medium",
        "ece_few",
        "nll",
        "margin_median",
        "margin_median_many",
        "margin_median_medium",
        "margin_median_few",
        "balanced_accuracy",
        "macro_f1",
        "geometric_mean",
        "data_seconds",
        "forward_seconds",
        "backward_seconds",
        "exchange_seconds",
        "wait_seconds",
        "apply_seconds",
        "evaluate_seconds",
    ];

    /// <summary>The value of a numeric column; null when it was not measured.</summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <exception cref="ArgumentException">There is no such numeric column.</exception>
    public double? Value(string column) =>
        column switch
        {
            "epoch" => Epoch,
            "round" => Round,
            "lr" => LearningRate,
            "train_loss" => TrainLoss,
            "train_accuracy" => TrainAccuracy,
            "test_loss" => TestLoss,
            "accuracy" => Accuracy,
            "top5" => Top5,
            "many" => Many,
            "medium" => Medium,
            "few" => Few,
            "worst_class" => WorstClass,
            "grad_norm" => GradientNorm,
            "images" => Images,
            "images_per_second" => ImagesPerSecond,
            "seconds" => Seconds,
            "ece" => Ece,
            "ece_many" => EceMany,
            "ece_medium" => EceMedium,
            "ece_few" => EceFew,
            "nll" => Nll,
            "margin_median" => MarginMedian,
            "margin_median_many" => MarginMedianMany,
            "margin_median_medium" => MarginMedianMedium,
            "margin_median_few" => MarginMedianFew,
            "balanced_accuracy" => BalancedAccuracy,
            "macro_f1" => MacroF1,
            "geometric_mean" => GeometricMean,
            "data_seconds" => DataSeconds,
            "forward_seconds" => ForwardSeconds,
            "backward_seconds" => BackwardSeconds,
            "exchange_seconds" => ExchangeSeconds,
            "wait_seconds" => WaitSeconds,
            "apply_seconds" => ApplySeconds,
            "evaluate_seconds" => EvaluateSeconds,
            _ => throw new ArgumentException(
                $"metrics.csv has no numeric column '{column}'.",
                nameof(column)
            ),
        };

    /// <summary>Whether two rows agree in everything that the specification determines; timings may differ.</summary>
    public bool SameNumbersAs(EpochRow other) => WithoutTimings() == other.WithoutTimings();

    private EpochRow WithoutTimings() =>
        this with
        {
            ImagesPerSecond = 0,
            Seconds = 0,
            DataSeconds = null,
            ForwardSeconds = null,
            BackwardSeconds = null,
            ExchangeSeconds = null,
            WaitSeconds = null,
            ApplySeconds = null,
            EvaluateSeconds = null,
        };

    internal string ToCsv() =>
        string.Join(
            ',',
            Columns.Select(column =>
                column switch
                {
                    "phase" => Phase,
                    "sample_sum" => SampleSum.ToString(CultureInfo.InvariantCulture),
                    _ => Value(column)?.ToString("R", CultureInfo.InvariantCulture) ?? "",
                }
            )
        );

    /// <returns>The row, or null when the line is not one.</returns>
    internal static EpochRow? FromCsv(string line)
    {
        var cells = line.Split(',');
        if (
            cells.Length < FirstColumns
            || cells.Length > Columns.Count
            || !int.TryParse(cells[0], out var epoch)
            || !long.TryParse(cells[1], out var round)
            || !long.TryParse(cells[14], out var images)
            || !ulong.TryParse(cells[15], out var sampleSum)
        )
        {
            return null;
        }

        var numbers = new double?[Columns.Count];
        for (var i = 3; i < cells.Length; i++)
        {
            if (cells[i].Length > 0)
            {
                if (!double.TryParse(cells[i], CultureInfo.InvariantCulture, out var number))
                {
                    return null;
                }

                numbers[i] = number;
            }
        }

        return new EpochRow
        {
            Epoch = epoch,
            Round = round,
            Phase = cells[2],
            LearningRate = numbers[3] ?? double.NaN,
            TrainLoss = numbers[4] ?? double.NaN,
            TrainAccuracy = numbers[5] ?? double.NaN,
            TestLoss = numbers[6],
            Accuracy = numbers[7],
            Top5 = numbers[8],
            Many = numbers[9],
            Medium = numbers[10],
            Few = numbers[11],
            WorstClass = numbers[12],
            GradientNorm = numbers[13] ?? double.NaN,
            Images = images,
            SampleSum = sampleSum,
            ImagesPerSecond = numbers[16] ?? double.NaN,
            Seconds = numbers[17] ?? double.NaN,
            Ece = numbers[18],
            EceMany = numbers[19],
            EceMedium = numbers[20],
            EceFew = numbers[21],
            Nll = numbers[22],
            MarginMedian = numbers[23],
            MarginMedianMany = numbers[24],
            MarginMedianMedium = numbers[25],
            MarginMedianFew = numbers[26],
            BalancedAccuracy = numbers[27],
            MacroF1 = numbers[28],
            GeometricMean = numbers[29],
            DataSeconds = numbers[30],
            ForwardSeconds = numbers[31],
            BackwardSeconds = numbers[32],
            ExchangeSeconds = numbers[33],
            WaitSeconds = numbers[34],
            ApplySeconds = numbers[35],
            EvaluateSeconds = numbers[36],
        };
    }

    /// <summary>The same row with what an evaluation says.</summary>
    /// <param name="evaluation">Of the test images.</param>
    /// <param name="groups">Shot groups.</param>
    public EpochRow With(Evaluation evaluation, ShotGroups groups)
    {
        IReadOnlyList<int> all = [.. Enumerable.Range(0, evaluation.Classes)];
        return this with
        {
            TestLoss = evaluation.Loss,
            Accuracy = evaluation.Accuracy,
            Top5 = evaluation.Top5,
            Many = evaluation.Mean(groups.Many),
            Medium = evaluation.Mean(groups.Medium),
            Few = evaluation.Mean(groups.Few),
            WorstClass = evaluation.WorstClass,
            BalancedAccuracy = evaluation.BalancedAccuracy,
            MacroF1 = evaluation.MacroF1,
            GeometricMean = evaluation.GeometricMean,
            Ece = evaluation.CalibrationOf(all)?.Error,
            EceMany = evaluation.CalibrationOf(groups.Many)?.Error,
            EceMedium = evaluation.CalibrationOf(groups.Medium)?.Error,
            EceFew = evaluation.CalibrationOf(groups.Few)?.Error,
            Nll = evaluation.NegativeLogLikelihood,
            MarginMedian = evaluation.MarginsOf(all)?.Median,
            MarginMedianMany = evaluation.MarginsOf(groups.Many)?.Median,
            MarginMedianMedium = evaluation.MarginsOf(groups.Medium)?.Median,
            MarginMedianFew = evaluation.MarginsOf(groups.Few)?.Median,
        };
    }
}

using System.Globalization;
using System.Text.Json.Serialization;

namespace MMOrleans.Learning.RunFolders;

/// <summary>One epoch's numbers: a row of <c>metrics.csv</c>. What was not evaluated is null.</summary>
public sealed record EpochRow
{
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

    /// <summary>The columns of the file, in order.</summary>
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
            _ => throw new ArgumentException(
                $"metrics.csv has no numeric column '{column}'.",
                nameof(column)
            ),
        };

    /// <summary>Whether two rows agree in everything that the specification determines; timings may differ.</summary>
    public bool SameNumbersAs(EpochRow other) =>
        this with { ImagesPerSecond = 0, Seconds = 0 } == other with { ImagesPerSecond = 0, Seconds = 0 };

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
            cells.Length != Columns.Count
            || !int.TryParse(cells[0], out var epoch)
            || !long.TryParse(cells[1], out var round)
            || !long.TryParse(cells[14], out var images)
            || !ulong.TryParse(cells[15], out var sampleSum)
        )
        {
            return null;
        }

        var numbers = new double?[cells.Length];
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
        };
    }
}

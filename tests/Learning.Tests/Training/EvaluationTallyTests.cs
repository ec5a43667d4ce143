using System.Text.Json;
using MMOrleans.Learning.Parameters;
using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Learning.Tests.Training;

public class EvaluationTallyTests
{
    private static readonly EvaluationShape Shape = new(5, 15, LogitScale: 3, EvaluationShape.CosineRange);

    [Fact]
    public void ConfidenceLikelihoodAndMarginAreThoseWorkedOutByHand()
    {
        // s = 2 and two classes: p = 1 / (1 + e^(−2 · gap)).
        var seen = new List<TestPrediction>();
        var tally = new EvaluationTally(new(2, 10, LogitScale: 2, MarginRange: 2)) { Predictions = seen };
        tally.Add(0, [0.5, 0.0], 0); // right: p = 1 / (1 + e⁻¹) = 0.7310585786
        tally.Add(0, [0.0, 1.0], 0); // wrong: confidence 1 / (1 + e⁻²) = 0.8807970780, true class 0.1192029220
        tally.Add(1, [0.0, 1.0], 0); // right: 0.8807970780
        var evaluation = tally.ToEvaluation();

        // One bin each: (0.7, 0.8] holds 1 of 1 right, (0.8, 0.9] 1 of 2 right, with 2 · 0.8807970780 of confidence.
        // (|1 − 0.7310585786| + |1 − 1.7615941560|) / 3 = (0.2689414214 + 0.7615941560) / 3 = 0.3435118591
        var all = evaluation.CalibrationOf([0, 1])!;
        Assert.Equal((1, 2), (all.Images[7], all.Images[8]));
        Assert.Equal(0.3435118591, all.Error!.Value, 1e-9);
        // (0.3132616875 + 2.1269280110 + 0.1269280110) / 3
        Assert.Equal(0.8557059032, evaluation.NegativeLogLikelihood!.Value, 1e-7);
        Assert.Equal([0.5, -1, 1], seen.Select(prediction => prediction.Margin));
        Assert.Equal(
            [0.7310585786, 0.8807970780, 0.8807970780],
            seen.Select(p => Math.Round(p.Confidence, 10))
        );
        Assert.Equal([0, 1, 1], seen.Select(prediction => prediction.Predicted));
    }

    [Fact]
    public void EveryImageHasOneMarginAndOneConfidenceAndErrorsAreTheMarginsBelowZero()
    {
        var evaluation = Counted(0, 1000).ToEvaluation();

        Assert.Equal(1000, evaluation.MarginsOf([0, 1, 2, 3, 4])!.Images);
        Assert.Equal(1000, evaluation.CalibrationOf([0, 1, 2, 3, 4])!.Images.Sum());
        for (var c = 0; c < 5; c++)
        {
            var row = Enumerable.Range(0, 5).Select(p => evaluation.Confusion[(c * 5) + p]).ToList();
            Assert.Equal(row.Sum(), evaluation.Margins[c].Images);
            Assert.Equal(
                row.Sum() - row[c],
                evaluation.Margins[c].Counts.Take(1 + (MarginHistogram.Bins / 2)).Sum()
            );
            Assert.Equal(row[c], evaluation.Calibrations[c].Correct.Sum());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void AnySharingOfTheImagesGivesTheSameNumbersToTheLastBit(int parts)
    {
        var whole = Counted(0, 1000).ToEvaluation();

        var sum = new double[Shape.VectorLength];
        for (var part = parts - 1; part >= 0; part--) // backwards: the order is free too
        {
            var vector = new double[sum.Length];
            Counted(part * 1000 / parts, (part + 1) * 1000 / parts).CopyTo(vector);
            AveragingTree.Add<double>(sum, vector);
        }

        var shared = EvaluationTally.From(Shape, sum).ToEvaluation();
        Assert.Equal(Numbers(whole), Numbers(shared));
        Assert.Equal(whole.LossSum!.Value, shared.LossSum!.Value, 1e-9 * whole.LossSum!.Value); // a sum of fractions
    }

    [Fact]
    public void VectorFormIsReadBack()
    {
        var tally = Counted(0, 100);
        var vector = new double[Shape.VectorLength];

        tally.CopyTo(vector);
        var read = EvaluationTally.From(Shape, vector);

        Assert.Equal(Numbers(tally.ToEvaluation()), Numbers(read.ToEvaluation()));
        Assert.Equal(
            (100, tally.TopFive, tally.LossSum, tally[2, 3]),
            (read.Images, read.TopFive, read.LossSum, read[2, 3])
        );
    }

    [Fact]
    public void VectorOfOtherBinsIsRefused() =>
        Assert.Throws<ArgumentException>(() =>
            EvaluationTally.From(Shape with { CalibrationBins = 10 }, new double[Shape.VectorLength])
        );

    [Fact]
    public void CosinesAreTakenTimesTheScaleOfTheirLossAndOtherLogitsAsTheyAre()
    {
        var run = SomeTraining.Run();
        var cosines = EvaluationShape.Of(
            run with
            {
                Method = run.Method with { Loss = "mm", Scale = 30 },
                Model = run.Model with { Head = "normalised" },
            },
            10,
            15
        );
        var plain = EvaluationShape.Of(
            run with
            {
                Method = run.Method with { Loss = "ce", Scale = 30 }, // which this loss does not use
                Model = run.Model with { Head = "plain" },
            },
            10,
            15
        );

        Assert.Equal((30, 2), (cosines.LogitScale, cosines.MarginRange));
        Assert.Equal((1, 20), (plain.LogitScale, plain.MarginRange));
    }

    private static EvaluationTally Counted(int from, int to)
    {
        var tally = new EvaluationTally(Shape);
        for (var image = from; image < to; image++)
        {
            var random = new Random(image);
            var logits = Enumerable.Range(0, 5).Select(_ => (random.NextDouble() * 2) - 1).ToArray();
            tally.Add(image % 5, logits, random.NextDouble());
        }

        return tally;
    }

    private static string Numbers(Evaluation evaluation) =>
        JsonSerializer.Serialize(
            new
            {
                evaluation.Confusion,
                evaluation.Top5Count,
                evaluation.NegativeLogLikelihood,
                evaluation.Calibrations,
                Margins = evaluation.Margins.Select(margins => margins.Counts),
                Errors = evaluation.Calibrations.Select(calibration => calibration.Error),
                Medians = evaluation.Margins.Select(margins => margins.Median),
            }
        );
}

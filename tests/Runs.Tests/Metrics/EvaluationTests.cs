using System.Text.Json;
using CsCheck;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Imbalance;
using MMOrleans.Runs.Metrics;

namespace MMOrleans.Runs.Tests.Metrics;

public class EvaluationTests
{
    [Fact]
    public void GoldenErrorsAndGroupsComeOut()
    {
        var tolerance = GoldenCases.Tolerance("metrics");
        foreach (var golden in GoldenCases.Cases("metrics"))
        {
            var confusion = golden.GetProperty("confusion").GetProperty("data").Deserialize<long[]>()!;
            var classes = golden.GetProperty("confusion").GetProperty("shape")[0].GetInt32();
            var evaluation = new Evaluation(classes, confusion, 0, 0);
            var groups = ShotGroups.ByThresholds(golden.Integers("counts"));

            GoldenCases.AssertClose(
                golden.Numbers("perClassAccuracy"),
                evaluation.PerClass,
                tolerance,
                "per class"
            );
            GoldenCases.AssertClose(
                [golden.Number("top1Error")],
                [100 * (1 - evaluation.Accuracy)],
                tolerance,
                "top-1"
            );
            GoldenCases.AssertClose(
                [golden.Number("balancedError")],
                [100 * (1 - evaluation.BalancedAccuracy)],
                tolerance,
                "balanced"
            );
            var accuracy = golden.GetProperty("groupAccuracy");
            foreach (
                var (name, group) in (ReadOnlySpan<(string, IReadOnlyList<int>)>)
                    [("many", groups.Many), ("medium", groups.Medium), ("few", groups.Few)]
            )
            {
                Assert.Equal(golden.GetProperty("groups").Integers(name), group);
                GoldenCases.AssertClose(
                    [accuracy.Number(name)],
                    [evaluation.Mean(group)!.Value],
                    tolerance,
                    name
                );
            }
        }
    }

    /// <summary>Images are never taken for the class without any, so that the other classes' numbers are those without it.</summary>
    [Fact]
    public void AClassWithoutTestImagesChangesNoNumberOfTheOthers() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 6], Gen.Int)
            .SelectMany(
                (classes, at, _) =>
                    Gen.Long[1, 40]
                        .Array[classes * classes]
                        .Select(counts => (classes, Math.Min(at, classes), counts))
            )
            .Sample(
                (classes, at, counts) =>
                {
                    var whole = new Evaluation(classes, counts, 0, 0);
                    var evaluation = new Evaluation(classes + 1, With(counts, classes, at), 0, 0);
                    var all = Enumerable.Range(0, classes + 1).ToList();

                    Assert.True(double.IsNaN(evaluation.PerClass[at]));
                    Assert.Equal(whole.BalancedAccuracy, evaluation.BalancedAccuracy, 1e-12);
                    Assert.Equal(whole.MacroF1, evaluation.MacroF1, 1e-12);
                    Assert.Equal(whole.GeometricMean, evaluation.GeometricMean, 1e-12);
                    Assert.Equal(whole.WorstClass, evaluation.WorstClass);
                    Assert.Equal(whole.BalancedAccuracy, evaluation.Mean(all)!.Value, 1e-12);
                    Assert.Null(evaluation.Mean([at]));
                }
            );

    [Fact]
    public void AnEpochHasNoNumberThatIsNone()
    {
        // Class 2, alone in its group, has no test images, and class 1 is taken for it.
        var evaluation = new Evaluation(3, [3, 1, 0, 1, 2, 1, 0, 0, 0], 0, 0);
        var groups = ShotGroups.ByThresholds([500, 50, 5]);
        var row = new EpochResult
        {
            Epoch = 1,
            Round = 1,
            Phase = "main",
            LearningRate = 0,
            TrainLoss = 0,
            TrainAccuracy = 0,
        }.With(evaluation, groups);

        Assert.Equal((0.75, 0.5, null), (row.Many, row.Medium, row.Few));
        Assert.Equal((0.5, 0.625), (row["worst_class"], row["balanced_accuracy"]));
        Assert.All(
            MetricTable.Columns.Except(["phase", "sample_sum"]),
            c => Assert.True(row[c] is not double.NaN, c)
        );
    }

    // The counts with an empty row, and a column of zeros, at a place.
    private static long[] With(long[] counts, int classes, int at) =>
        [
            .. Enumerable
                .Range(0, (classes + 1) * (classes + 1))
                .Select(i =>
                {
                    var (row, column) = (i / (classes + 1), i % (classes + 1));
                    return row == at || column == at
                        ? 0
                        : counts[
                            ((row > at ? row - 1 : row) * classes) + (column > at ? column - 1 : column)
                        ];
                }),
        ];
}

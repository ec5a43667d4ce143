using MMOrleans.Grains.Trainers;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Imbalance;

namespace MMOrleans.Grains.Tests.Trainers;

public class EpochReportTests
{
    private static readonly ShotGroups Groups = ShotGroups.ByThresholds([500, 50, 5]);

    /// <summary>A line of the table that nobody fills would be an empty column for ever.</summary>
    [Fact]
    public void EveryMetricThatFilesKeepHasAValueAfterAnEvaluation()
    {
        var epoch = Report(Tally());

        Assert.DoesNotContain(MetricTable.All, metric => metric.IsKept && epoch[metric] is null);
        Assert.All(
            MetricTable.All.Where(metric => metric.IsOfTest),
            metric => Assert.Null(Report(null)[metric])
        );
    }

    [Fact]
    public void WhereNoGradientIsAveragedItsNormIsZero() => Assert.Equal(0, Report(null)["grad_norm"]);

    private static EpochResult Report(EvaluationTally? tally) =>
        EpochReport.Of(
            new() { Round = 6 },
            7,
            new(2, 4, 3, 1, 5),
            tally,
            Groups,
            double.NaN,
            2,
            new(1, 2, 3, 4, 5, 6, 7)
        );

    private static EvaluationTally Tally()
    {
        var shape = new EvaluationShape(3, 2);
        var vector = new double[shape.VectorLength];
        Array.Fill(vector, 1);
        return EvaluationTally.From(shape, vector);
    }
}

using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class MetricsCsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RowsAreReadBackToTheLastBit()
    {
        MetricsCsv.Append(_folder["metrics.csv"], SomeRun.Row(1));
        MetricsCsv.Append(_folder["metrics.csv"], SomeRun.Row(2, accuracy: null));

        Assert.Equal(
            [SomeRun.Row(1), SomeRun.Row(2, accuracy: null)],
            MetricsCsv.Read(_folder["metrics.csv"])
        );
    }

    [Fact]
    public void AnEpochIsThereOnceAndTheFirstRowStays()
    {
        MetricsCsv.Append(_folder["metrics.csv"], SomeRun.Row(1));

        var there = MetricsCsv.Append(
            _folder["metrics.csv"],
            SomeRun.Row(1).With("seconds", 9).With("accuracy", 0.5)
        );

        Assert.Equal(SomeRun.Row(1), there);
        Assert.Single(MetricsCsv.Read(_folder["metrics.csv"]));
    }

    [Fact]
    public void RowsAgreeWhenOnlyTimingsDiffer()
    {
        Assert.True(
            SomeRun
                .Row(1)
                .SameNumbersAs(
                    (SomeRun.Row(1) with { Seconds = 9, ImagesPerSecond = 1 }).With("wait_seconds", 3)
                )
        );
        Assert.False(SomeRun.Row(1).SameNumbersAs(SomeRun.Row(1) with { TrainLoss = 0.25 }));
        Assert.False(SomeRun.Row(1).SameNumbersAs(SomeRun.Row(1).With("nll", 0.25)));
    }

    [Fact]
    public void TheHeaderBeginsWithTheColumnsOfTheFirstVersion() =>
        Assert.StartsWith(
            "epoch,round,phase,lr,train_loss,train_accuracy,test_loss,accuracy,top5,many,medium,few,worst_class,grad_norm,images,"
                + "sample_sum,images_per_second,seconds,ece,ece_many,ece_medium,ece_few,nll,margin_median,margin_median_many,"
                + "margin_median_medium,margin_median_few,balanced_accuracy,macro_f1,geometric_mean,data_seconds,forward_seconds,"
                + "backward_seconds,exchange_seconds,wait_seconds,apply_seconds,evaluate_seconds",
            string.Join(',', MetricTable.Columns),
            StringComparison.Ordinal
        );

    [Fact]
    public void RowsOfAnOlderVersionAreReadAndGoOn()
    {
        var file = _folder["metrics.csv"];
        File.WriteAllText(
            file,
            string.Join(',', MetricTable.Columns.Take(18))
                + "\n1,97,main,0.1,0.5,0.75,,0.5,,,,,,1,12406,7,486,25\n"
        );

        MetricsCsv.Append(file, SomeRun.Row(2).With("ece", 0.1).With("evaluate_seconds", 2));

        var rows = MetricsCsv.Read(file);
        Assert.Equal(
            (1, 0.5, null, 25.0),
            (rows[0].Epoch, rows[0].TrainLoss, rows[0]["ece"], rows[0].Seconds)
        );
        Assert.Equal((0.1, 2.0), (rows[1]["ece"], rows[1]["evaluate_seconds"]));
    }

    [Fact]
    public void EveryNumericColumnHasAValue()
    {
        foreach (var column in MetricTable.Columns.Except(["phase", "sample_sum"]))
        {
            _ = SomeRun.Row(1)[column];
        }

        Assert.Throws<ArgumentException>(() => SomeRun.Row(1)["speed"]);
    }
}

using MMOrleans.Learning.RunFolders;
using Xunit;

namespace MMOrleans.Learning.Tests.RunFolders;

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
            SomeRun.Row(1) with
            {
                Seconds = 9,
                Accuracy = 0.5,
            }
        );

        Assert.Equal(SomeRun.Row(1), there);
        Assert.Single(MetricsCsv.Read(_folder["metrics.csv"]));
    }

    [Fact]
    public void RowsAgreeWhenOnlyTimingsDiffer()
    {
        Assert.True(SomeRun.Row(1).SameNumbersAs(SomeRun.Row(1) with { Seconds = 9, ImagesPerSecond = 1 }));
        Assert.False(SomeRun.Row(1).SameNumbersAs(SomeRun.Row(1) with { TrainLoss = 0.25 }));
    }

    [Fact]
    public void TheHeaderNamesTheColumns() =>
        Assert.Equal(
            "epoch,round,phase,lr,train_loss,train_accuracy,test_loss,accuracy,top5,many,medium,few,worst_class,grad_norm,images,"
                + "sample_sum,images_per_second,seconds",
            string.Join(',', EpochRow.Columns)
        );

    [Fact]
    public void EveryNumericColumnHasAValue()
    {
        foreach (var column in EpochRow.Columns.Except(["phase", "sample_sum"]))
        {
            SomeRun.Row(1).Value(column);
        }

        Assert.Throws<ArgumentException>(() => SomeRun.Row(1).Value("speed"));
    }
}

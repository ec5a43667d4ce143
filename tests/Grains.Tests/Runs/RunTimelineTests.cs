using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;

namespace MMOrleans.Grains.Tests.Runs;

/// <summary>What a run keeps in memory and sends at once stays small, however many epochs and classes it has.</summary>
public class RunTimelineTests
{
    private const int Classes = 256;

    [Fact]
    public void ConfusionIsKeptOfTheLastAndTheBestEpochOnly()
    {
        var timeline = new RunTimeline();
        double[] accuracies = [0.1, 0.7, 0.3, 0.7, 0.2];

        foreach (var (epoch, accuracy) in accuracies.Index())
            timeline.Add(Epoch(epoch + 1, accuracy));

        Assert.Equal(
            [0, Classes * Classes, 0, 0, Classes * Classes],
            timeline.Epochs.Select(epoch => epoch.Counts!.Confusion.Count)
        );
        Assert.All(timeline.Epochs, epoch => Assert.Equal(Classes, epoch.Counts!.ClassAccuracy.Count));
    }

    /// <summary>Also of an epoch that was not evaluated: the last evaluation is still the last.</summary>
    [Fact]
    public void AnEpochWithoutAnEvaluationTakesNothingFromTheOneBefore()
    {
        var timeline = new RunTimeline();

        timeline.Add(Epoch(1, 0.5));
        timeline.Add(SomeEpoch.Of(2));

        Assert.NotEmpty(timeline.Epochs[0].Counts!.Confusion);
    }

    [Fact]
    public void AnAnswerIsAPageAndThePagesTogetherAreEverythingInOrder()
    {
        var timeline = new RunTimeline();
        for (var epoch = 1; epoch <= 1000; epoch++)
        {
            timeline.Add(Epoch(epoch, epoch / 1000.0));
            timeline.Add(new RunEvent(default, "checkpoint", $"epoch {epoch}", epoch, epoch));
        }

        var (epochs, events) = (new List<int>(), new List<string>());
        var pages = 0;
        RunUpdate page;
        for (long cursor = 0; ; cursor = page.Cursor)
        {
            page = timeline.After(cursor, RunStatus.Finished, new());
            pages++;
            epochs.AddRange(page.Epochs.Select(epoch => epoch.Epoch));
            events.AddRange(page.Events.Select(happened => happened.Message));
            Assert.True(Bytes(page.Epochs) <= 2 << 20, $"{Bytes(page.Epochs)} bytes");
            if (!page.HasMore)
                break;
        }

        Assert.InRange(pages, 2, 20);
        Assert.Equal(Enumerable.Range(1, 1000), epochs);
        Assert.Equal(epochs.Select(epoch => $"epoch {epoch}"), events);
        Assert.False(timeline.HasAfter(page.Cursor));
        Assert.Equal(1000, timeline.NewestEpochs[^1].Epoch);
        Assert.True(Bytes(timeline.NewestEpochs) <= 2 << 20);
    }

    [Fact]
    public void AShortRunIsOnePage()
    {
        var timeline = new RunTimeline();
        for (var epoch = 1; epoch <= 10; epoch++)
            timeline.Add(SomeEpoch.Of(epoch, accuracy: 0.5));

        var all = timeline.After(0, RunStatus.Running, new());

        Assert.Equal((10, false), (all.Epochs.Length, all.HasMore));
        Assert.Equal(10, timeline.NewestEpochs.Length);
    }

    private static int Bytes(IEnumerable<EpochResult> epochs) =>
        epochs.Sum(epoch =>
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(epoch, RecordJson.Options).Length
        );

    private static EpochResult Epoch(int epoch, double accuracy) =>
        SomeEpoch.Of(epoch, accuracy: accuracy) with
        {
            Counts = new(
                [.. Enumerable.Repeat<double?>(1 / 3.0, Classes)],
                [.. Enumerable.Repeat(1000L, Classes * Classes)],
                null,
                null
            ),
        };
}

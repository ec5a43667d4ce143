using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Telemetry;
using MMOrleans.Grains.Tests.Runs;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Tests.Telemetry;

public class LiveRunTests
{
    [Fact]
    public void TrainersThatAreLostAreMissingToTheMinimum()
    {
        var progress = new RunProgress
        {
            Trainers =
            [
                Trainer("a/t0", TrainerStage.Training),
                Trainer("b/t0", TrainerStage.Joining),
                Trainer("c/t0", TrainerStage.Faulted),
            ],
        };

        Assert.Equal(1, new LiveRun(progress) { MinTrainers = 3 }.TrainersMissing);
        Assert.Equal(0, new LiveRun(progress) { MinTrainers = 2 }.TrainersMissing);
        Assert.Equal(0, new LiveRun(progress) { MinTrainers = 1 }.TrainersMissing);
        Assert.Equal(3, new LiveRun(new()) { MinTrainers = 3 }.TrainersMissing);
    }

    [Fact]
    public void ThePhaseIsNotKnownBeforeTrainersHaveAPlan()
    {
        Assert.Null(new LiveRun(new()).Phase);
        Assert.Equal("deferred", new LiveRun(new() { Rounds = 14, Phase = "deferred" }).Phase);
    }

    [Fact]
    public void AClassWithoutTestImagesHasNoGauge()
    {
        var epoch = SomeEpoch.Of(1, accuracy: 0.5) with { Counts = new([0.75, null, 0.25], [], null, null) };

        var run = LiveRun.Of(new(), [epoch]) with { Classes = ["a", "b", "c"] };

        Assert.Equal([("a", 0.25), ("c", 0.75)], run.ClassErrors);
    }

    [Fact]
    public void TheRunningEpochKnowsItsLossAndTheLastEvaluationTheTestImages()
    {
        var run = LiveRun.Of(
            new() { Loss = 0.25, LearningRate = 0 },
            [SomeEpoch.Of(1, accuracy: 0.5), SomeEpoch.Of(2).With("grad_norm", 0)]
        );

        Assert.Equal(0.25, run[MetricTable.Find("train_loss")!]);
        Assert.Equal(0.1, run[MetricTable.Find("lr")!]);
        Assert.Equal(0.5, run[MetricTable.Find("accuracy")!]);
        Assert.Null(run[MetricTable.Find("grad_norm")!]); // 0 where none was kept
    }

    private static TrainerStatus Trainer(string name, TrainerStage stage) =>
        new(name, "cpu", stage, [new(0, 2)], 1, 0, 0, 0, 0, 0, 0);
}

using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class RunReadingsTests
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

        Assert.Equal(1, RunReadings.Missing(progress, 3));
        Assert.Equal(0, RunReadings.Missing(progress, 2));
        Assert.Equal(0, RunReadings.Missing(progress, 1));
        Assert.Equal(3, RunReadings.Missing(new(), 3));
    }

    [Fact]
    public void ThePhaseIsNotKnownBeforeTrainersHaveAPlan()
    {
        Assert.Null(RunReadings.Of(new(), [], []).Phase);
        Assert.Equal("deferred", RunReadings.Of(new() { Rounds = 14, Phase = "deferred" }, [], []).Phase);
    }

    [Fact]
    public void AClassWithoutTestImagesHasNoGauge()
    {
        var epoch = SomeEpoch.Of(1, accuracy: 0.5) with { PerClass = [0.75, double.NaN, 0.25] };

        var reading = RunReadings.Of(new(), [epoch], ["a", "b", "c"]);

        Assert.Equal([("a", 0.25), ("c", 0.75)], reading.ClassErrors);
    }

    private static TrainerStatus Trainer(string name, TrainerStage stage) =>
        new(name, "cpu", stage, [new(0, 2)], 1, 0, 0, 0, 0, 0, 0);
}

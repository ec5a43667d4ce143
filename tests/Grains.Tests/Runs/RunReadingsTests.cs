using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class RunReadingsTests
{
    [Fact]
    public void TrainersThatAreLostOrQuarantinedAreMissingToTheMinimum()
    {
        var progress = new RunProgress
        {
            Trainers = [Trainer("a/t0", "ok"), Trainer("b/t0", "waiting"), Trainer("c/t0", "lost")],
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

    private static TrainerStatus Trainer(string name, string state) =>
        new(name, "cpu", state, "0-1", 1, 0, 0, 0, 0, 0, 0);
}

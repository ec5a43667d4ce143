using CsCheck;
using MMOrleans.Learning.Sampling;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Schedules;

public class RunPlanTests
{
    [Fact]
    public void GoldenWarmUpAndDropsComeOut()
    {
        var tolerance = GoldenCases.Tolerance("lr_schedule");
        foreach (var golden in GoldenCases.Cases("lr_schedule"))
        {
            var kind = golden.GetProperty("kind").GetString()!;
            ScheduleSpecification? schedule = kind switch
            {
                "warmupStep" => new()
                {
                    WarmupEpochs = golden.GetProperty("warmupEpochs").GetInt32(),
                    Milestones = golden.Integers("milestones"),
                    Factors = golden.Numbers("factors"),
                },
                "steps" => new()
                {
                    WarmupEpochs = 0,
                    Milestones = golden.Integers("milestones"),
                    Factor = golden.Number("factor"),
                },
                "cosine" => new()
                {
                    Kind = "cosine",
                    WarmupEpochs = 0,
                    Milestones = [],
                },
                "bbn" => new()
                {
                    WarmupEpochs = golden.GetProperty("warmupEpochs").GetInt32(),
                    WarmupFactor = golden.Number("warmupFactor"),
                    Milestones = golden.Integers("milestones"),
                    Factor = golden.Number("gamma"),
                },
                _ => null, // no rate: BBN's shares
            };
            if (schedule is null)
                continue;
            var epochs = golden.GetProperty("epochs").GetInt32();
            var rate = new LearningRate(schedule, golden.Number("baseLr"), epochs);
            GoldenCases.AssertClose(
                golden.Numbers("lr"),
                Enumerable.Range(0, epochs).Select(rate.At),
                tolerance,
                golden.Id()
            );
        }
    }

    [Theory]
    [InlineData(200, 5, 160, 180, 160)]
    [InlineData(20, 1, 16, 18, 16)]
    [InlineData(4, 1, 3, 4, 3)]
    [InlineData(1, 1, 1, 1, 0)]
    public void AutoScalesThePublishedSchedule(int epochs, int warmup, int first, int second, int defer)
    {
        var auto = ScaledSchedule.For(epochs);

        Assert.Equal(
            (warmup, first, second, defer),
            (auto.WarmupEpochs, auto.Milestones[0], auto.Milestones[1], auto.DeferEpoch)
        );
    }

    [Theory]
    [InlineData(20, 8, 2, 16)]
    [InlineData(24, 8, 3, 24)]
    [InlineData(5, 8, 1, 5)] // an epoch of less than one batch keeps it
    public void DroppedBatchIsOfNoStep(int draws, int batch, int steps, int used)
    {
        var plan = new RunPlan(
            Some.Specification(epochs: 2, batch, slots: 3) with
            {
                DropLast = true,
            },
            draws
        );

        Assert.Equal((steps, used), (plan.StepsPerEpoch, plan.UsedDraws));
        Assert.Equal(
            used,
            Enumerable
                .Range(0, steps)
                .Sum(step => Enumerable.Range(0, 3).Sum(slot => plan.Rows(step, slot).Count))
        );
    }

    [Theory]
    [InlineData(200, 60, 80, 120, 160)] // BBN
    [InlineData(100, 79, 89, 79, 89)] // Meta-Weight-Net
    public void DropsScaleWithTheRun(int epochs, int firstDrop, int secondDrop, int first, int second) =>
        Assert.Equal([first, second], ScaledSchedule.For(epochs, firstDrop, secondDrop).Milestones);

    [Fact]
    public void EveryDrawOfAnEpochBelongsToOneSlotOfOneStepOfOneRound() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 64], Gen.Int[1, 9], Gen.Int[1, 5])
            .Sample(
                (draws, batch, slots, steps) =>
                {
                    var plan = new RunPlan(Some.Specification(epochs: 2, batch, slots, steps), draws);
                    List<int> seen = [];
                    for (var round = (long)plan.RoundsPerEpoch; round < plan.Rounds; round++)
                    {
                        var at = plan.At(round);
                        Assert.Equal(1, at.Epoch);
                        for (var step = at.FirstStep; step < at.FirstStep + at.Steps; step++)
                        for (var slot = 0; slot < slots; slot++)
                        {
                            var (start, count) = plan.Rows(step, slot);
                            seen.AddRange(Enumerable.Range(start, count));
                        }
                    }

                    Assert.Equal(Enumerable.Range(0, draws), seen);
                    Assert.True(plan.At(plan.Rounds - 1).EndsEpoch);
                }
            );

    [Fact]
    public void PhaseSwitchesOnceAndAtTheStartOfItsEpoch()
    {
        var specification = Some.Specification(epochs: 5, batch: 8, slots: 2, localSteps: 3);
        var plan = new RunPlan(
            specification with
            {
                Method = specification.Method with { DeferEpoch = 3 },
            },
            50
        );

        for (var round = 0L; round < plan.Rounds; round++)
            Assert.Equal(plan.At(round).Epoch >= 3 ? Phase.Deferred : Phase.Main, plan.At(round).Phase);
    }

    [Fact]
    public void UniformSamplerDrawsEachImageOnceAnEpochInADifferentOrder()
    {
        var sampler = new UniformSampler(100, seed: 1);

        Assert.Equal(Enumerable.Range(0, 100), sampler.Draw(0).Order());
        Assert.Equal(sampler.Draw(3), sampler.Draw(3));
        Assert.NotEqual(sampler.Draw(0), sampler.Draw(1));
    }
}

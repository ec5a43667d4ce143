using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Schedules;

public class StagePlanTests
{
    private static readonly RunSpecification Alone = Some.Specification(epochs: 4, batch: 8) with
    {
        Method = Some.Specification().Method with { Reweight = Reweighting.Deferred, DeferEpoch = 3 },
        Schedule = new() { WarmupEpochs = 2, Milestones = [3] },
        EvaluateEvery = 2,
    };

    private static readonly RunSpecification Staged = Alone with
    {
        Pretraining = new()
        {
            Kind = "rotation",
            Epochs = 3,
            Schedule = new() { WarmupEpochs = 1, Milestones = [2] },
        },
    };

    [Fact]
    public void SecondStageIsTheRunWithoutAFirstOneThatManyEpochsLater()
    {
        var (staged, alone) = (new RunPlan(Staged, 20), new RunPlan(Alone, 20));

        Assert.Equal(7 * 3, staged.Rounds);
        for (var round = 0L; round < alone.Rounds; round++)
        {
            var (late, early) = (staged.At(round + staged.Phases.FirstMain), alone.At(round));
            Assert.Equal(early, late with { Round = early.Round, Epoch = early.Epoch });
            Assert.Equal(staged.EvaluationAfter(late.Round + 1), alone.EvaluationAfter(early.Round + 1));
        }
    }

    [Fact]
    public void FirstStageHasItsOwnRatesAndEndsOnce()
    {
        var plan = new RunPlan(Staged, 20);
        var first = Enumerable.Range(0, 9).Select(round => plan.At(round)).ToList();

        Assert.All(first, round => Assert.Equal(Phase.Pretraining, round.Phase));
        Assert.Equal(
            [0.1, 0.1, 0.001],
            first.Where(round => round.EndsEpoch).Select(round => Math.Round(round.LearningRate, 6))
        );
        Assert.Equal([-3, -2, -1], first.Where(round => round.EndsEpoch).Select(round => round.MethodEpoch));
        Assert.Equal(
            [8],
            Enumerable.Range(0, (int)plan.Rounds).Where(round => plan.At(round).EndsPretraining)
        );
        Assert.All([3, 6, 9], completed => Assert.Null(plan.EvaluationAfter(completed)));
    }

    [Fact]
    public void SecondStageDrawsAsTheRunWithoutAFirstOneAndTheFirstDrawsEachImageOnce()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? 1 : 0)];
        var method = Alone.Method with { Sampler = "deferred-balanced" };
        var staged = Samplers.Create(Staged with { Method = method }, labels);
        var alone = Samplers.Create(Alone with { Method = method }, labels);

        for (var epoch = 0; epoch < 3; epoch++)
            Assert.Equal(Enumerable.Range(0, 60), staged.Draw(epoch).Order());
        for (var epoch = 0; epoch < 4; epoch++)
            Assert.Equal(alone.Draw(epoch), staged.Draw(epoch + 3));
        Assert.NotEqual(staged.Draw(0), staged.Draw(3));
    }

    [Fact]
    public void SamplerWithEpochsOfAnotherLengthCannotFollow()
    {
        var fault = Assert.Throws<FaultException>(() =>
            Samplers.Create(Staged with { Method = Alone.Method with { Sampler = "over" } }, [0, 0, 0, 1])
        );

        Assert.Equal("MM1005", fault.Code);
    }

    [Fact]
    public void SpecificationWithoutStagesSaysNothingOfThem()
    {
        var text = SpecificationDocument.Write(Alone);

        Assert.All(
            (string[])["pretraining", "classifier", "init_from", "trains", "shift", "total"],
            word => Assert.DoesNotContain(word, text, StringComparison.Ordinal)
        );
        var staged = SpecificationDocument.Read(SpecificationDocument.Write(Staged));
        Assert.Equal(SpecificationDocument.Hash(Staged), SpecificationDocument.Hash(staged));
        Assert.Equal(7, staged.TotalEpochs);
    }

    [Fact]
    public void PastsAreOneWhereTheFirstStageIsAndTheSwitchHasNotCome()
    {
        var plain = Staged with
        {
            Method = Staged.Method with { Reweight = Reweighting.None, DeferEpoch = 4 },
        };
        var longer = Staged with { Pretraining = Staged.Pretraining! with { Epochs = 4 } };

        Assert.Null(CommonPast.Difference(Staged, plain, 6));
        Assert.Contains("method.", CommonPast.Difference(Staged, plain, 7), StringComparison.Ordinal);
        Assert.Contains("pretraining", CommonPast.Difference(Staged, Alone, 1), StringComparison.Ordinal);
        Assert.Contains("pretraining", CommonPast.Difference(Staged, longer, 1), StringComparison.Ordinal);
    }
}

using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Sampling;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests;

public class MethodsTests(ITestOutputHelper output)
{
    private const int Epochs = 3;

    public static TheoryData<string> Names { get; } = [.. MethodCatalogue.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task MethodLearnsAndIsTheSameOnOneAndOnThreeTrainers(string name)
    {
        var specification = Specification(MethodCatalogue.Find(name)!);
        using var alone = new TemporaryFolder();
        using var shared = new TemporaryFolder();

        var one = await LocalRun.TrainAsync(alone.Path, specification, trainers: 1);
        var three = await LocalRun.TrainAsync(shared.Path, specification, trainers: 3);

        Assert.Equal(RunStatus.Finished, one.State);
        Assert.Equal(one.StateSha256, three.StateSha256);
        output.WriteLine($"{name}: {string.Join(", ", one.Epochs.Select(e => e.TrainLoss))}");
        // Some methods draw or weigh other images in the last epoch, so that its loss is another quantity; one does so in every epoch.
        var own = one.Epochs.Where(e => e.Phase != "pretraining").ToList();
        Assert.Equal(Epochs, own.Count);
        Assert.True(own.Skip(1).Min(e => e.TrainLoss) < own[0].TrainLoss);
    }

    /// <summary>A run of a method small enough for a test.</summary>
    internal static RunSpecification Specification(MethodComposition method)
    {
        var loss = LossCatalogue.Find(method.Loss)!;
        var objective = ObjectiveCatalogue.Find(method.Objective)!;
        var specification = LocalRun.Specification(epochs: Epochs);
        var composed = specification.Method with
        {
            Name = method.Name,
            Loss = method.Loss,
            Scale = loss.IsChangedBy("scale") ? 30 : 1,
            Reweight = method.Reweight,
            Sampler = method.Sampler,
            Weights = method.Weights,
            Reduction = method.Reduction,
            DeferEpoch = Epochs - 1,
            Objective = objective == ObjectiveCatalogue.Usual ? null : objective.Name,
            Companion = method.Companion == "none" ? null : method.Companion,
        };
        return specification with
        {
            Method = composed,
            Imbalance = specification.Imbalance with
            {
                HeldOut = composed.Companion == CompanionSamplers.HeldOut ? 3 : 0,
            },
            // What must not share a batch between slots does not.
            Slots = loss.WholeBatch(composed) is null && objective.WholeBatch is null ? 4 : 1,
            Model = specification.Model with { Head = method.Head },
            Optimiser = specification.Optimiser with { LearningRate = 0.002 },
            Schedule = new() { WarmupEpochs = 1, Milestones = [Epochs - 1] },
            Pretraining =
                method.Pretraining == "none"
                    ? null
                    : new()
                    {
                        Kind = method.Pretraining,
                        Epochs = 2,
                        Schedule = new() { WarmupEpochs = 1, Milestones = [1] },
                    },
        };
    }
}

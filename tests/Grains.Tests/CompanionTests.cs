using MMOrleans.Grains.DataShards;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests;

/// <summary>Runs whose steps have a second batch, or whose objective carries something from step to step.</summary>
public class CompanionTests
{
    private const string SecondStage = "balanced-meta-softmax";

    [Theory]
    [InlineData("bbn", 4, 1)]
    [InlineData("bbn", 3, 3)]
    [InlineData("meta-weight-net", 1, 1)]
    [InlineData(SecondStage, 1, 1)]
    public async Task EveryImageCountsAsOftenAsBothSamplersSay(string method, int slots, int localSteps)
    {
        using var folder = new TemporaryFolder();
        var specification = Specification(method) with
        {
            Slots = slots,
            LocalSteps = localSteps,
            DropLast = true,
        };

        var status = await LocalRun.TrainAsync(folder.Path, specification, trainers: 3);

        var data = await new TrainingDataCache().OpenAsync(specification, null);
        var draws = data.DrawsOf(specification);
        var used = new RunPlan(specification, draws.PerEpoch).UsedDraws;
        Assert.Equal(192, used); // six batches of 32 of 194 images
        Assert.All(status.Epochs, epoch => Assert.Equal(used, epoch.Images));
        Assert.Equal(
            status.Epochs.Select(epoch => draws.SumOf(epoch.Epoch - 1, used, data.Subset)),
            status.Epochs.Select(epoch => epoch.SampleSum)
        );
    }

    [Theory]
    [InlineData("bbn")]
    [InlineData("meta-weight-net")]
    [InlineData(SecondStage)]
    public async Task ResumedRunEndsInTheStateOfTheUnbrokenOne(string method)
    {
        using var folder = new TemporaryFolder();
        var specification = Specification(method);
        var unbroken = await LocalRun.TrainAsync(folder.Path, specification, trainers: 1);
        var checkpoints = Path.Combine(folder.Path, "r-test01", "checkpoints");
        foreach (var later in (string[])["epoch-0003", "epoch-0002"])
            Directory.Delete(Path.Combine(checkpoints, later), recursive: true);

        var resumed = await LocalRun.ResumeAsync(folder.Path, trainers: 2);

        Assert.Equal(RunStatus.Finished, resumed.State);
        Assert.Equal(unbroken.StateSha256, resumed.StateSha256);
    }

    [Fact]
    public async Task HeldOutImagesAreOfEveryClassAndOfNoTrainingPosition()
    {
        var specification = LocalRun.Specification() with
        {
            Imbalance = LocalRun.Specification().Imbalance with { HeldOut = 3 },
            Method = LocalRun.Specification().Method with { Companion = "held-out" },
        };

        var data = await new TrainingDataCache().OpenAsync(specification, null);

        Assert.Equal(194, data.Labels.Length);
        Assert.Equal(194 + data.HeldOut, data.Subset.Length);
        Assert.Equal(data.Subset.Length, data.Subset.Distinct().Count());
        var heldOut = Enumerable.Range(194, data.HeldOut).ToList();
        Assert.All(
            heldOut.Select(position => data.At(train: true, position).Label).CountBy(label => label),
            ofClass => Assert.Equal(3, ofClass.Value)
        );
        var (positions, companion) = data.DrawsOf(specification).Of(0);
        Assert.DoesNotContain(positions, position => position >= 194);
        Assert.Equal(heldOut, companion!.Distinct().Order());
    }

    // The second stage alone, on the backbone that the seed gives.
    private static RunSpecification Specification(string method)
    {
        var composition = MethodCatalogue.Find(method)!;
        var run = MethodsTests.Specification(composition);
        return run with { Model = run.Model with { Trains = composition.Trains } };
    }
}

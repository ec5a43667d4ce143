using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;
using MMOrleans.Silo;
using MMOrleans.Silo.Storage;

namespace MMOrleans.Grains.Tests;

/// <summary>A cluster in this process and a run on it.</summary>
internal static class LocalRun
{
    /// <summary>A run small enough for a test: a few rounds over generated images, with the DRW switch in it.</summary>
    public static RunSpecification Specification(int slots = 4, int localSteps = 1, int epochs = 2) =>
        new()
        {
            Epochs = epochs,
            BatchSize = 32,
            Slots = slots,
            LocalSteps = localSteps,
            Dataset = new()
            {
                Name = "synthetic",
                Mean = [0.5, 0.5, 0.5],
                StandardDeviation = [0.25, 0.25, 0.25],
                CropPadding = 2,
                Flip = false,
            },
            Imbalance = new() { Kind = "counts", Counts = [40, 35, 30, 25, 20, 15, 10, 8, 6, 5] },
            Method = new()
            {
                Name = "mm-drw",
                Loss = "mm",
                Scale = 30,
                DeltaMinus = 0.6,
                DeltaRatio = 1.5,
                Reweight = Reweighting.Deferred,
                DeferEpoch = 1,
            },
            Model = new() { Architecture = "resnet8", Head = "normalised" },
            Optimiser = new() { LearningRate = 0.1 },
            Schedule = new() { WarmupEpochs = 1, Milestones = [1] },
        };

    public static async Task<RunSnapshot> TrainAsync(
        string folder,
        RunSpecification specification,
        int trainers,
        string runId = "r-test01",
        RunSettings? settings = null
    )
    {
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder,
                Trainers = trainers,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );
        var run = cluster.Grains.GetGrain<IRunGrain>(runId);
        var answer = await run.SubmitAsync(
            new(runId, SpecificationDocument.Write(specification), settings ?? new() { Name = "test" })
        );
        Assert.Null(answer.Fault);
        return await EndAsync(run);
    }

    public static async Task<RunSnapshot> ResumeAsync(
        string folder,
        int trainers,
        string runId = "r-test01",
        string? checkpoint = null
    )
    {
        await using var cluster = await LocalCluster.StartAsync(
            new()
            {
                RunsFolder = folder,
                Trainers = trainers,
                Device = "cpu",
            },
            TestContext.Current.CancellationToken
        );
        var run = cluster.Grains.GetGrain<IRunGrain>(runId);
        var answer = await run.ResumeAsync(new(runId, checkpoint, null, null, null));
        Assert.Null(answer.Fault);
        return await EndAsync(run);
    }

    /// <summary>Watches a run until it has ended.</summary>
    public static async Task<RunSnapshot> EndAsync(IRunGrain run)
    {
        var cursor = 0L;
        while (true)
        {
            var update = await run.WatchAsync(
                cursor,
                TimeSpan.FromSeconds(5),
                TestContext.Current.CancellationToken
            );
            cursor = update.Cursor;
            if (update.State is not (RunStatus.Finished or RunStatus.Stopped or RunStatus.Failed))
                continue;
            var status = await run.GetStatusAsync();
            Assert.True(status.Fault is null, $"{status.Fault?.Code} {status.Fault?.Message}");
            return status;
        }
    }
}

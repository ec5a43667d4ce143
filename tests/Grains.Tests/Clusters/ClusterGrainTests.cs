using MMOrleans.Grains.Clusters;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Specifications;
using Orleans.Core.Internal;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Clusters;

/// <summary>Trainers belong to runs that ask for them: nobody else has to say that a run is over.</summary>
public class ClusterGrainTests
{
    [Fact]
    public async Task TrainersOfARunThatDiedHalfwayAreFreeAgainBeforeTheNextOneGivesUp()
    {
        using var folder = new TemporaryFolder();
        await using var silo = await FaultyCluster.StartAsync(folder.Path);
        var cluster = silo.Grains.GetGrain<IClusterGrain>(0);
        Assert.Single((await AskAsync(cluster, "r-died01")).Trainers); // and its silo dies before it has a folder

        silo.Jump(TimeSpan.FromSeconds(35));
        Assert.Equal(
            "wanted 1 trainer, have 0 (1 busy with r-died01)",
            (await AskAsync(cluster, "r-next01")).Words
        );
        silo.Jump(TimeSpan.FromSeconds(15));

        Assert.Equal(["local/t0"], (await AskAsync(cluster, "r-next01")).Trainers.Select(t => t.Trainer));
        Assert.Equal(["r-next01"], (await cluster.ListTrainersAsync()).Select(t => t.RunId));
    }

    /// <summary>Its grain may be cut off, or busy; whoever computes for it is not free.</summary>
    [Fact]
    public async Task RunThatIsLedKeepsItsTrainersAlsoWhereItDoesNotAsk()
    {
        using var folder = new TemporaryFolder();
        await using var silo = await FaultyCluster.StartAsync(folder.Path);
        var cluster = silo.Grains.GetGrain<IClusterGrain>(0);
        Assert.Single((await AskAsync(cluster, "r-quiet1")).Trainers);
        await silo
            .Grains.GetGrain<ICoordinatorGrain>("r-quiet1")
            .StartAsync(new(["local/t0"], Slots: 1, MinTrainers: 1, Rounds: 10, "attempt", null));

        silo.Jump(TimeSpan.FromSeconds(46));

        Assert.Equal(
            "wanted 1 trainer, have 0 (1 busy with r-quiet1)",
            (await AskAsync(cluster, "r-next01")).Words
        );
    }

    /// <summary>The process died between the record of the end and the release, and nobody wakes a run that is over.</summary>
    [Fact]
    public async Task TrainersOfARunThatEndedAndDiedBeforeItReleasedThemAreFreeWithinSeconds()
    {
        using var folder = new TemporaryFolder();
        await using var silo = await FaultyCluster.StartAsync(folder.Path);
        var cluster = silo.Grains.GetGrain<IClusterGrain>(0);
        silo.Fail(
            nameof(IClusterGrain.ReleaseAsync),
            Enumerable.Range(0, 10_000).Select(_ => new TimeoutException("the cluster's grain is nowhere"))
        );
        var run = silo.Grains.GetGrain<IRunGrain>("r-ended1");
        await run.SubmitAsync(
            new(
                "r-ended1",
                SpecificationDocument.Write(LocalRun.Specification(epochs: 1)),
                new() { Name = "test" }
            )
        );
        await LocalRun.EndAsync(run);
        await run.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        silo.Fail(nameof(IClusterGrain.ReleaseAsync));
        Assert.Equal(
            "wanted 1 trainer, have 0 (1 busy with r-ended1)",
            (await AskAsync(cluster, "r-next01")).Words
        );

        silo.Jump(Askers.QuietPatience);
        var tries = 0;
        while ((await AskAsync(cluster, "r-next01")).Trainers.IsEmpty && ++tries < 200)
            await Task.Delay(50, TestContext.Current.CancellationToken);

        Assert.Equal(["r-next01"], (await cluster.ListTrainersAsync()).Select(t => t.RunId));
    }

    /// <summary>The ledger in memory is right then, and the one that the next activation reads is not.</summary>
    [Fact]
    public async Task ReleaseThatTheStoreRefusedIsStoredWhenItIsRepeated()
    {
        using var folder = new TemporaryFolder();
        await using var silo = await FaultyCluster.StartAsync(folder.Path);
        var cluster = silo.Grains.GetGrain<IClusterGrain>(0);
        Assert.Single((await AskAsync(cluster, "r-ended1")).Trainers);

        silo.Fail(nameof(IGrainStorage.WriteStateAsync), new IOException("the store is away"));
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.ReleaseAsync("r-ended1"));
        Assert.True(silo.HaveAllHappened);
        await cluster.ReleaseAsync("r-ended1");
        await cluster.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal([""], (await cluster.ListTrainersAsync()).Select(t => t.RunId));
    }

    private static Task<Allotment> AskAsync(IClusterGrain cluster, string run) =>
        cluster.AllotAsync(new(run, 1, 1, TrainerClaim.Once, 0, DateTimeOffset.UnixEpoch));
}

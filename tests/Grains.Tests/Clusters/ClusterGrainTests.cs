using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using Orleans.Core.Internal;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Clusters;

/// <summary>Trainers belong to runs that ask for them: nobody else has to say that a run is over.</summary>
public class ClusterGrainTests
{
    [Fact]
    public async Task TrainersOfARunThatDiedHalfwayAreFreeAgainAfterAMinute()
    {
        using var folder = new TemporaryFolder();
        await using var silo = await FaultyCluster.StartAsync(folder.Path);
        var cluster = silo.Grains.GetGrain<IClusterGrain>(0);
        Assert.Single((await AskAsync(cluster, "r-died01")).Trainers); // and its silo dies before it has a folder

        silo.Jump(TimeSpan.FromSeconds(50));
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

        silo.Jump(TimeSpan.FromSeconds(61));

        Assert.Equal(
            "wanted 1 trainer, have 0 (1 busy with r-quiet1)",
            (await AskAsync(cluster, "r-next01")).Words
        );
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

using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests;

/// <summary>Invariant I1 across processes.</summary>
public class ClusterTrajectoryTests
{
    [Theory]
    [InlineData(Clustering.Localhost)]
    [InlineData(Clustering.Redis)]
    public async Task TwoSilosGiveTheStateOfOneProcessAndEndInPeace(Clustering clustering)
    {
        var expected = await SmallRun.HashOfOneProcessAsync();
        await using var cluster = await TestCluster.StartAsync(clustering, silos: 2);
        var grains = await cluster.ConnectAsync();

        var run = await SmallRun.SubmitAsync(grains, trainers: 2);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));

        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{cluster.Logs}");
        Assert.Equal(expected, status.StateSha256);
        Assert.Equal(["silo-0/t0", "silo-1/t0"], status.Progress.Trainers.Select(t => t.Trainer).Order());

        cluster.Silos[1].Process.Ask();
        Assert.Equal(0, await cluster.Silos[1].Process.EndAsync(TimeSpan.FromSeconds(20)));
        var left = await grains.GetGrain<IClusterGrain>(0).DescribeAsync();
        Assert.Equal(["silo-0"], left.Silos.Select(silo => silo.Name));
    }
}

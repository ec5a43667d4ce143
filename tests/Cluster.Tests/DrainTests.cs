using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>A silo that is taken out.</summary>
public class DrainTests
{
    [Fact]
    public async Task ADrainedSiloGetsNoWorkAndStaysUntilItIsStopped()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Localhost, silos: 2);
        var (code, output) = await Mm.RunAsync(cluster.Address, "cluster", "drain", "silo-1");
        Assert.True(code == 0, output);
        var (_, silos) = await Mm.RunAsync(cluster.Address, "cluster", "silos", "--json");
        Assert.Equal(
            ["active", "draining"],
            JsonNode.Parse(silos)!["silos"]!.AsArray().Select(silo => (string?)silo!["status"])
        );

        var grains = await cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, trainers: 1);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));
        Assert.Equal(await SmallRun.HashOfOneProcessAsync(), status.StateSha256);
        Assert.Equal(["silo-0/t0"], status.Progress.Trainers.Select(t => t.Trainer));
    }
}

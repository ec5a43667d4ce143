using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests;

/// <summary>Invariant I1 whatever the transport: silos of one machine that read each other's memory, that send everything, and of both kinds.</summary>
public class SharedMemoryTests
{
    private const int Epochs = 8;

    [Theory]
    [InlineData(true, true, TransportNames.Memory)]
    [InlineData(true, false, TransportNames.Calls)]
    [InlineData(false, false, TransportNames.Calls)]
    public async Task StateIsThatOfOneProcess(bool first, bool second, string transport)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");
        var expected = await SmallRun.HashOfOneProcessAsync(Epochs);
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            silos: 1,
            "--shared-memory",
            Option(first)
        );
        await cluster.Launch("silo-1", "--shared-memory", Option(second)).JoinedAsync();

        var grains = await cluster.ConnectAsync();
        Assert.Equal(["silo-0 to silo-1: ", "silo-1 to silo-0: "], await TransportsAsync(grains));

        var run = await SmallRun.SubmitAsync(grains, trainers: 2, epochs: Epochs);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));

        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{cluster.Logs}");
        Assert.Equal(expected, status.StateSha256);
        Assert.Equal(
            [$"silo-0 to silo-1: {transport}", $"silo-1 to silo-0: {transport}"],
            await TransportsAsync(grains)
        );
        if (first)
            Assert.Contains($"silo-0 exchanges vectors with silo-1 by {transport}", cluster.Logs);
        else
            Assert.DoesNotContain("exchanges vectors", cluster.Logs);
    }

    /// <summary>What the cluster says of every pair of silos.</summary>
    private static async Task<IEnumerable<string>> TransportsAsync(IGrainFactory grains) =>
        (await grains.GetGrain<IClusterGrain>(0).DescribeAsync()).Silos.SelectMany(silo =>
            silo.Transports!.Value.Select(use => $"{silo.Name} to {use.Silo}: {use.Transport}")
        );

    private static string Option(bool isOn) => isOn ? "true" : "false";
}

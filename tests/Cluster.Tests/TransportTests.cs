using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Transport;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests;

/// <summary>Invariant I1 whatever the transport: silos of one machine that read each other's memory, that connect, that send everything in calls, and of two kinds.</summary>
public class TransportTests
{
    private const int Epochs = 8;
    private const string NoMemory = "--shared-memory false";
    private const string CallsOnly = "--shared-memory false --vector-connections false";

    [Theory]
    [InlineData("", "", TransportNames.Memory)]
    [InlineData("", NoMemory, TransportNames.Connection)]
    [InlineData(NoMemory, NoMemory, TransportNames.Connection)]
    [InlineData(NoMemory, CallsOnly, TransportNames.Calls)]
    [InlineData(CallsOnly, CallsOnly, TransportNames.Calls)]
    public async Task StateIsThatOfOneProcess(string first, string second, string transport)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");
        var expected = await SmallRun.HashOfOneProcessAsync(Epochs);
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            silos: 1,
            Options(first)
        );
        await cluster.Launch("silo-1", Options(second)).JoinedAsync();

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
        if (first != CallsOnly)
            Assert.Contains($"silo-0 exchanges vectors with silo-1 by {transport}", cluster.Logs);
        else
            Assert.DoesNotContain("exchanges vectors", cluster.Logs);
    }

    private static string[] Options(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the cluster says of every pair of silos.</summary>
    private static async Task<IEnumerable<string>> TransportsAsync(IGrainFactory grains) =>
        (await grains.GetGrain<IClusterGrain>(0).DescribeAsync()).Silos.SelectMany(silo =>
            silo.Transports!.Value.Select(use => $"{silo.Name} to {use.Silo}: {use.Transport}")
        );
}

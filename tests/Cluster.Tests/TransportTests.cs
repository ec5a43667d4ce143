using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests;

/// <summary>Invariant I1 whatever the transport: silos of one machine that read each other's memory, that connect, that send everything in calls, and of two kinds.</summary>
public class TransportTests
{
    private const int Epochs = 8;
    private const string NoMemory = "--shared-memory false";
    private const string CallsOnly = "--shared-memory false --vector-connections false";

    [Theory]
    [InlineData("", "", "memory")]
    [InlineData("", NoMemory, "connection")]
    [InlineData(NoMemory, NoMemory, "connection")]
    [InlineData(NoMemory, CallsOnly, "calls")]
    [InlineData(CallsOnly, CallsOnly, null)]
    public async Task StateIsThatOfOneProcess(string first, string second, string? transport)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is shared between processes on Linux only.");
        var expected = await SmallRun.HashOfOneProcessAsync(Epochs);
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            silos: 1,
            Options(first)
        );
        await cluster.Launch("silo-1", Options(second)).JoinedAsync();

        var run = await SmallRun.SubmitAsync(await cluster.ConnectAsync(), trainers: 2, epochs: Epochs);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));

        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{cluster.Logs}");
        Assert.Equal(expected, status.StateSha256);
        if (transport is not null)
            Assert.Contains($"silo-0 exchanges vectors with silo-1 by {transport}", cluster.Logs);
        else
            Assert.DoesNotContain("exchanges vectors", cluster.Logs);
    }

    private static string[] Options(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

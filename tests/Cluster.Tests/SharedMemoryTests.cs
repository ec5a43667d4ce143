using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests;

/// <summary>Invariant I1 whatever the transport: silos of one machine that read each other's memory, that send everything, and of both kinds.</summary>
public class SharedMemoryTests
{
    private const int Epochs = 8;

    [Theory]
    [InlineData(true, true, "memory")]
    [InlineData(true, false, "calls")]
    [InlineData(false, false, null)]
    public async Task StateIsThatOfOneProcess(bool first, bool second, string? transport)
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

        var run = await SmallRun.SubmitAsync(await cluster.ConnectAsync(), trainers: 2, epochs: Epochs);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));

        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{cluster.Logs}");
        Assert.Equal(expected, status.StateSha256);
        if (transport is not null)
            Assert.Contains($"silo-0 exchanges vectors with silo-1 by {transport}", cluster.Logs);
        else
            Assert.DoesNotContain("exchanges vectors", cluster.Logs);
    }

    private static string Option(bool isOn) => isOn ? "true" : "false";
}

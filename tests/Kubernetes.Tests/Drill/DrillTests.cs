using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Kubernetes.Tests.Manifests;
using Orleans.Runtime;

namespace MMOrleans.Kubernetes.Tests.Drill;

/// <summary>Silos started, probed, drained and updated as the manifests say, on this machine.</summary>
/// <remarks>What a kubelet adds to processes is played; isolation, volumes and the network between nodes are not.</remarks>
public class DrillTests(ITestOutputHelper output)
{
    private const string LongDrill = "MM_DRILL";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task ANodeIsDrainedDuringARunAndNoRoundIsLost()
    {
        const int epochs = 24;
        var overlay = Kustomize.Build("local");
        await using var machine = await Machine.WithAsync(overlay);
        var (stays, goes) = (machine.Start(0), machine.Start(1));
        await Task.WhenAll(stays.ReadyAsync(), goes.ReadyAsync());
        using (var http = new HttpClient())
            Assert.Contains(
                "mmorleans_trainers",
                await http.GetStringAsync(
                    stays.UriOf("metrics", "/metrics"),
                    TestContext.Current.CancellationToken
                ),
                StringComparison.Ordinal
            );
        await using var client = await RedisClient.ConnectAsync(machine);
        var run = await SmallRun.SubmitAsync(client.Grains, trainers: 2, epochs: epochs);
        await ReachAsync(run, 2 * SmallRun.RoundsPerEpoch);

        Tell(goes, await goes.DeleteAsync(), machine);

        var status = await SmallRun.EndAsync(run, Patience);
        Assert.True(status.State == RunState.Finished, $"{status.State} {status.Fault}\n{machine.Logs}");
        Assert.Equal(await SmallRun.HashOfOneProcessAsync(epochs), status.StateSha256);
        AssertNothingWasLost(machine);
        Tell(stays, await stays.DeleteAsync(), machine);
        Assert.Empty(Directory.EnumerateFileSystemEntries(machine.ReadOnly));
    }

    [Fact]
    public async Task AnUpdateTakesEverySiloInTurnAndTheRunEndsWithTheSameBits()
    {
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable(LongDrill) is null,
            $"{LongDrill} is not set: updating three silos during a run takes minutes"
        );
        const int silos = 3;
        const int epochs = 150;
        var overlay = Kustomize.Build("local");
        await using var machine = await Machine.WithAsync(overlay);
        var pods = Enumerable.Range(0, silos).Select(machine.Start).ToArray();
        await Task.WhenAll(pods.Select(pod => pod.ReadyAsync()));
        await using var client = await RedisClient.ConnectAsync(machine);
        var run = await SmallRun.SubmitAsync(client.Grains, silos, epochs: epochs);
        await ReachAsync(run, SmallRun.RoundsPerEpoch);

        // As the StatefulSet's controller: from the last to the first, each ready for a while before the next one leaves.
        for (var ordinal = silos - 1; ordinal >= 0; ordinal--)
        {
            Tell(pods[ordinal], await pods[ordinal].DeleteAsync(), machine);
            pods[ordinal] = machine.Start(ordinal);
            await pods[ordinal].ReadyAsync();
            await Task.Delay(
                TimeSpan.FromSeconds(overlay.Silos.Spec.MinReadySeconds!.Value),
                TestContext.Current.CancellationToken
            );
        }

        Assert.Equal(RunState.Running, (await StatusAsync(run)).State);
        var status = await SmallRun.EndAsync(run, Patience);
        Assert.True(status.State == RunState.Finished, $"{status.State} {status.Fault}\n{machine.Logs}");
        Assert.Equal(await SmallRun.HashOfOneProcessAsync(epochs), status.StateSha256);
        AssertNothingWasLost(machine);
        Assert.All(pods, pod => Assert.Equal(0, pod.MissedLives));
    }

    private void Tell(Pod pod, Ending ending, Machine machine)
    {
        output.WriteLine(
            $"{pod.Name}: {ending.HookWords} after {ending.HandedOver.TotalSeconds:F1} s, gone after {ending.Elapsed.TotalSeconds:F1} s"
        );
        Assert.True(ending is { HookCode: 0, Code: 0 }, $"{ending}\n{machine.Logs}");
        Assert.Equal("drained", ending.HookWords);
        Assert.Equal(0, pod.MissedLives);
    }

    /// <summary>Who left was drained: a loss would be told as one, and cost its slots' round.</summary>
    private static void AssertNothingWasLost(Machine machine)
    {
        var events = File.ReadAllLines(Path.Combine(machine.Volume("mm-runs"), SmallRun.Id, "events.jsonl"));
        var departures = events.Where(line => line.Contains(" left: ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(departures);
        Assert.All(departures, line => Assert.Contains("left: drained", line, StringComparison.Ordinal));
        Assert.DoesNotContain(events, line => line.Contains("resumed", StringComparison.Ordinal));
    }

    private static async Task ReachAsync(IRunGrain run, long round)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(Patience);
        while ((await StatusAsync(run)).Progress.Round < round)
            await Task.Delay(50, limit.Token);
    }

    private static async Task<RunStatus> StatusAsync(IRunGrain run)
    {
        while (true)
        {
            try
            {
                return await run.GetStatusAsync(TestContext.Current.CancellationToken);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
    }
}

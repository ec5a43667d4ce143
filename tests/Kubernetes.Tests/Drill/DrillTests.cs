using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Kubernetes.Tests.Manifests;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;
using Orleans.Runtime;

namespace MMOrleans.Kubernetes.Tests.Drill;

/// <summary>Silos started, probed, drained and updated as the manifests say, on this machine.</summary>
/// <remarks>What a kubelet adds to processes is played; isolation, volumes and the network between nodes are not.</remarks>
public class DrillTests(ITestOutputHelper output)
{
    private const string Calm = "MM_DRILL";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // The switch to re-weighting comes while silos come and go; the run ends when it is stopped.
    private static readonly RunSpecification Endless = SmallRun.Of(100_000, switchEpoch: 3);

    [Fact]
    public async Task ANodeIsDrainedDuringARunAndNoRoundIsLost()
    {
        RequireCalm();
        await using var machine = await Machine.WithAsync(Kustomize.Build("local"));
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
        var run = await SmallRun.SubmitAsync(client.Grains, trainers: 2, Endless);
        var round = await ReachAsync(run, 2 * SmallRun.RoundsPerEpoch);
        var pace = new Pace(run);

        Tell(goes, await goes.DeleteAsync(), machine);

        await ReachAsync(run, round + 2 * SmallRun.RoundsPerEpoch);
        await TellAsync(pace);
        AssertNothingWasLost(machine);
        await AssertSameBitsAsync(run, machine);
        Tell(stays, await stays.DeleteAsync(), machine);
        Assert.Empty(Directory.EnumerateFileSystemEntries(machine.ReadOnly));
    }

    [Fact]
    public async Task AnUpdateTakesEverySiloInTurnAndTheRunEndsWithTheSameBits()
    {
        RequireCalm();
        const int silos = 3;
        var overlay = Kustomize.Build("local");
        await using var machine = await Machine.WithAsync(overlay);
        var pods = Enumerable.Range(0, silos).Select(machine.Start).ToArray();
        await Task.WhenAll(pods.Select(pod => pod.ReadyAsync()));
        await using var client = await RedisClient.ConnectAsync(machine);
        var run = await SmallRun.SubmitAsync(client.Grains, silos, Endless);
        var round = await ReachAsync(run, SmallRun.RoundsPerEpoch);
        var pace = new Pace(run);

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
            round = await ReachAsync(run, round + 1);
        }

        await TellAsync(pace);
        AssertNothingWasLost(machine);
        // That nothing was lost says something only if a loss would have been told.
        await pods[^1].DisposeAsync();
        await ReachAsync(run, round + SmallRun.RoundsPerEpoch);
        Assert.NotEqual("", Losses(machine));
        await AssertSameBitsAsync(run, machine);
        Assert.All(pods, pod => Assert.Equal(0, pod.MissedLives));
    }

    // A trainer that is silent for 5 s counts as lost, and beside other tests on two cores one may be.
    private static void RequireCalm() =>
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable(Calm) is null,
            $"{Calm} is not set: the drill takes minutes, and wants the machine for itself"
        );

    private async Task AssertSameBitsAsync(IRunGrain run, Machine machine)
    {
        await SmallRun.AskAsync(() => run.StopAsync(now: false, "request"), Patience);
        var status = await SmallRun.EndAsync(run, Patience);
        Assert.True(status.State == RunStatus.Stopped, $"{status.State} {status.Fault}\n{machine.Logs}");
        output.WriteLine($"{status.Progress.Round} rounds, {status.StateSha256}");
        var alone = await SmallRun.ReplayAsync(Endless, status.Progress.Round);
        Assert.Equal(alone.StateSha256, status.StateSha256);
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

    private async Task TellAsync(Pace pace)
    {
        await pace.DisposeAsync();
        output.WriteLine($"longest time without a round: {pace.LongestStall.TotalSeconds:F1} s");
    }

    private static void AssertNothingWasLost(Machine machine)
    {
        var losses = Losses(machine);
        Assert.True(losses.Length == 0, losses);
    }

    /// <summary>Trainers that left without having been drained: each cost its slots' round.</summary>
    private static string Losses(Machine machine)
    {
        var departures = File.ReadAllLines(
                Path.Combine(machine.Volume("mm-runs"), SmallRun.Id, "events.jsonl")
            )
            .Where(line => line.Contains(" left: ", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(departures);
        return string.Join(
            '\n',
            departures.Where(line => !line.Contains("left: drained", StringComparison.Ordinal))
        );
    }

    private static async Task<long> ReachAsync(IRunGrain run, long round)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limit.CancelAfter(Patience);
        while (true)
        {
            var reached = (await StatusAsync(run)).Progress.Round;
            if (reached >= round)
                return reached;
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<RunSnapshot> StatusAsync(IRunGrain run)
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

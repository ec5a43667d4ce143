using System.Diagnostics;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using EventLog = MMOrleans.Runs.Folders.EventLog;

namespace MMOrleans.Cluster.Tests;

/// <summary>What is kept around a run outlives real faults: nothing holds trainers for good, no wish of the owner is lost, a nap is no death.</summary>
/// <remarks><c>MM_WHY=1</c> plays them (two minutes) and prints what was measured.</remarks>
public class BookkeepingTests(ITestOutputHelper output)
{
    private const string TooLong = "MM_WHY is not set: standstills and restarts take two minutes";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static bool IsWhole => Environment.GetEnvironmentVariable("MM_WHY") == "1";

    [Fact]
    public async Task TrainersOfAProcessThatStoodStillThriceHoldTheirSlotsAgainAndWhySaysThatItStood()
    {
        Assert.SkipUnless(IsWhole, TooLong);
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Localhost,
            silos: 1,
            "--trainers",
            "2"
        );
        var grains = await cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, 2, SmallRun.Of(10_000, switchEpoch: 5000));
        await UntilAsync(run, HoldSlots);
        for (var nap = 1; nap <= 3; nap++)
        {
            cluster.Silos[0].Process.Freeze();
            await Task.Delay(TimeSpan.FromSeconds(7));
            cluster.Silos[0].Process.Thaw();
            var awake = Stopwatch.StartNew();
            await Task.Delay(TimeSpan.FromSeconds(0.5)); // the answer before would be of the time before
            await UntilAsync(run, HoldSlots);
            output.WriteLine(
                $"standstill {nap} of 7 s: both hold slots {awake.Elapsed.TotalSeconds:F1} s after it"
            );
            await Task.Delay(TimeSpan.FromSeconds(5));
            Assert.True(HoldSlots(await run.GetStatusAsync()), cluster.Logs);
        }

        var (code, why) = await Mm.RunAsync(cluster.Address, "why", SmallRun.Id, "--quiet");
        output.WriteLine(why);
        Assert.Equal(0, code);
        Assert.Contains("silo-0/t0 did not run for ", why, StringComparison.Ordinal);
        Assert.DoesNotContain("was lost", why, StringComparison.Ordinal);

        static bool HoldSlots(RunSnapshot status) =>
            status.Progress.Trainers is { Length: 2 } trainers && trainers.All(t => !t.Slots.IsEmpty);
    }

    [Fact]
    public async Task TrainersOfARunThatEndedWithoutTheStoreAreFreeAfterEverythingWasKilled()
    {
        Assert.SkipUnless(IsWhole, TooLong);
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 2);
        var grains = await cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, 2, epochs: 40);
        await UntilAsync(run, status => status.Epochs.Length > 30);
        await cluster.Redis.KillAsync();
        var ended = await SmallRun.EndAsync(run, Patience);
        output.WriteLine($"without Redis the run was {ended.State} after {ended.Progress.Round} rounds");
        Assert.Equal(RunStatus.Finished, ended.State);
        await cluster.Redis.StartAgainAsync();
        foreach (var silo in cluster.Silos)
            silo.Process.KillNow();
        foreach (var silo in cluster.Silos)
            await silo.StartAgainAsync();
        foreach (var silo in cluster.Silos)
            await silo.JoinedAsync();

        var begun = Stopwatch.StartNew();
        var next = await SmallRun.SubmitAsync(await cluster.ConnectAsync(), 2, "r-test02");
        var status = await SmallRun.EndAsync(next, Patience);

        output.WriteLine(
            $"the next run, which needs both trainers, was {status.State} {begun.Elapsed.TotalSeconds:F1} s after they joined"
        );
        Assert.True(status.State == RunStatus.Finished, $"{status.Fault}\n{cluster.Logs}");
    }

    [Fact]
    public async Task RunThatWasToStopStopsAlthoughItsCoordinatorDiesBeforeItHas()
    {
        Assert.SkipUnless(IsWhole, TooLong);
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 3);
        var grains = await cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, 3, SmallRun.Of(10_000, switchEpoch: 5000));
        await UntilAsync(run, status => status.Progress.Round > 30);
        var coordinator = (await cluster.OfAsync(grains, "coordinator"))[0];
        var other = cluster.Silos.Except([coordinator, .. await cluster.OfAsync(grains, "rungrain")]).First();
        // A client whose gateway stands still or dies waits for its own time-outs, whatever the run does.
        var steady = cluster.Silos.Except([coordinator, other]).First();
        run = (await cluster.ConnectAsync(steady)).GetGrain<IRunGrain>(SmallRun.Id);
        other.Process.Freeze(); // it does not pause: the stop cannot come about before the coordinator dies
        await run.StopAsync(now: false, "request");
        coordinator.Process.KillNow();
        other.Process.Thaw();
        var killed = DateTimeOffset.UtcNow;

        var ended = await SmallRun.EndAsync(run, Patience);

        // By the run's own record: a question about its state may be lost with the silo that it was asked of.
        var told = EventLog.Read(Path.Combine(cluster.RunsFolder, SmallRun.Id, "events.jsonl"))[^1];
        output.WriteLine(
            $"{ended.State} after {ended.Progress.Round} rounds, {(told.Time - killed).TotalSeconds:F1} s after the coordinator's death"
        );
        Assert.Equal(RunStatus.Stopped, ended.State);
        Assert.NotNull(ended.LastCheckpoint);
    }

    private static async Task UntilAsync(IRunGrain run, Func<RunSnapshot, bool> holds)
    {
        var since = Stopwatch.StartNew();
        var last = default(RunSnapshot);
        while (true)
        {
            Assert.True(since.Elapsed < Patience, $"not within {Patience}: {last?.State} {last?.Progress}");
            await SmallRun.AskAsync(async () => last = await run.GetStatusAsync(), Patience);
            if (holds(last!))
                return;
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}

using System.Diagnostics;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Cluster.Tests;

/// <summary>A store that takes connections and answers nobody, for longer than any time-out of its clients, while a silo dies.</summary>
/// <remarks><c>MM_FROZEN_STORE=1</c> plays it (three minutes).</remarks>
public class FrozenStoreTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan BeforeTheKill = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task WhileTheStoreHangsAKilledSiloCostsNobodyElseItsPlace()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("MM_FROZEN_STORE") == "1",
            "MM_FROZEN_STORE is not set: a store that hangs for 75 s takes three minutes"
        );
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 3);
        var everybody = await cluster.ConnectAsync();
        await SmallRun.SubmitAsync(everybody, 3, SmallRun.Of(100_000, switchEpoch: 50_000));
        await TrainerRounds.ReachAsync(everybody, () => cluster.Silos, 50, Patience, () => cluster.Logs);
        // Without the store nobody is declared dead, and a coordinator whose silo died has no successor until it is back.
        var leaders = await cluster.OfAsync(everybody, "coordinator");
        var victim = cluster.Silos.First(silo => !leaders.Contains(silo));
        var survivors = cluster.Silos.Where(silo => silo != victim).ToList();
        var grains = await cluster.ConnectAsync(survivors[0]);
        var run = grains.GetGrain<IRunGrain>(SmallRun.Id);

        var frozen = Stopwatch.StartNew();
        cluster.Redis.Freeze();
        await Task.Delay(BeforeTheKill, TestContext.Current.CancellationToken);
        var before = await TrainerRounds.FurthestAsync(grains, survivors);
        var killed = Stopwatch.StartNew();
        victim.Process.KillNow();
        await ReachAsync(before + 2); // one may have been complete already
        output.WriteLine($"the next round came {killed.Elapsed.TotalSeconds:F2} s after the kill");
        if (Frozen - frozen.Elapsed is var rest && rest > TimeSpan.Zero)
            await Task.Delay(rest, TestContext.Current.CancellationToken);
        var during = await TrainerRounds.FurthestAsync(grains, survivors);
        cluster.Redis.Thaw();
        await victim.StartAgainAsync();
        await victim.JoinedAsync();
        RunSnapshot? status = null;
        do
        {
            await Task.Delay(500, TestContext.Current.CancellationToken);
            await SmallRun.AskAsync(
                async () => status = await run.GetStatusAsync(TestContext.Current.CancellationToken),
                Patience
            );
        } while (
            status!.Progress.Trainers.Count(t => !t.Slots.IsEmpty) < 3 && frozen.Elapsed < Frozen + Patience
        );

        output.WriteLine($"{during - before} rounds from the kill to the store's return");
        foreach (var trainer in status.Progress.Trainers)
            output.WriteLine($"{trainer.Trainer} computes {string.Join(',', trainer.Slots)}");
        var departures = Departures(cluster);
        Assert.All(
            departures,
            line => Assert.Contains($"{victim.Name}/t0 left", line, StringComparison.Ordinal)
        );
        Assert.True(during > before + 2, $"rounds stood at {during}\n{cluster.Logs}");
        Assert.Equal(3, status.Progress.Trainers.Count(t => !t.Slots.IsEmpty));

        Task<long> ReachAsync(long round) =>
            TrainerRounds.ReachAsync(grains, () => survivors, round, Patience, () => cluster.Logs);
    }

    private static List<string> Departures(TestCluster cluster) =>
        [
            .. File.ReadLines(Path.Combine(cluster.RunsFolder, SmallRun.Id, "events.jsonl"))
                .Where(line => line.Contains("\"incident\":\"trainer_left\"", StringComparison.Ordinal)),
        ];
}

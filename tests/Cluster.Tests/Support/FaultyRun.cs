using System.Diagnostics;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;

namespace MMOrleans.Cluster.Tests.Support;

/// <summary>One run on silos of their own processes, with one fault at a chosen round.</summary>
internal sealed class FaultyRun(TestCluster cluster, IGrainFactory grains)
{
    public const int Epochs = 24;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan BackAfter = TimeSpan.FromSeconds(2);
    private static readonly string[] Kinds = ["coordinator", "segment", "datashard", "rungrain", "cluster"];
    private readonly List<Task> _repairs = [];

    /// <summary>Trains under a fault.</summary>
    /// <param name="trainers">Silos, each with one trainer.</param>
    /// <param name="fault">What happens.</param>
    /// <param name="beforeSwitch">Rounds before the switch to re-weighting; negative for after it.</param>
    /// <param name="tell">Takes what the silos said, where <c>MM_FAULT_LOGS</c> asks for it.</param>
    /// <returns>The run's end, the round of the fault, and the time from it to the next completed round.</returns>
    public static async Task<(RunSnapshot Status, long Round, TimeSpan Pause)> PlayAsync(
        int trainers,
        PlayedFault fault,
        int beforeSwitch,
        Action<string> tell
    )
    {
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Redis,
            trainers,
            isProxied: fault == PlayedFault.CutTwo,
            core: null,
            options: (Environment.GetEnvironmentVariable("MM_FAULT_OPTIONS") ?? "").Split(
                ' ',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        var grains = await cluster.ConnectAsync();
        var faulty = new FaultyRun(cluster, grains);
        var run = await SmallRun.SubmitAsync(grains, trainers, epochs: Epochs);
        var (round, pause) = await faulty.StrikeAsync(fault, Switch() - beforeSwitch);
        var status = await SmallRun.EndAsync(run, Patience);
        await Task.WhenAll(faulty._repairs);
        if (Environment.GetEnvironmentVariable("MM_FAULT_LOGS") is not null)
            tell(cluster.Logs);
        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{cluster.Logs}");
        if (fault == PlayedFault.ChangeTransport && trainers > 1)
            Assert.Contains("by connection", cluster.Logs);
        return (status, round, pause);
    }

    private static long Switch() => SmallRun.Of(Epochs).Method.DeferEpoch * SmallRun.RoundsPerEpoch;

    private async Task<(long Round, TimeSpan Pause)> StrikeAsync(PlayedFault fault, long at)
    {
        if (fault == PlayedFault.None)
            return (0, TimeSpan.Zero);
        var round = await ReachAsync(at);
        var began = Stopwatch.StartNew();
        await StrikeAsync(fault);
        await ReachAsync(round + 2); // one may have been complete when the fault struck
        return (round, began.Elapsed);
    }

    private Task<long> ReachAsync(long round) =>
        TrainerRounds.ReachAsync(
            grains,
            () => cluster.Silos.Where(silo => !silo.Process.HasExited),
            round,
            Patience,
            () => cluster.Logs
        );

    private async Task StrikeAsync(PlayedFault fault)
    {
        switch (fault)
        {
            case PlayedFault.KillTrainer:
                await KillAsync(await WithoutAsync(Kinds));
                break;
            case PlayedFault.KillCoordinator:
                await KillAsync(await HolderAsync("coordinator"));
                break;
            case PlayedFault.KillSegment:
                await KillAsync(await HolderAsync("segment"));
                break;
            case PlayedFault.KillDataShard:
                await KillAsync(await HolderAsync("datashard"));
                break;
            case PlayedFault.KillRun:
                await KillAsync(await HolderAsync("rungrain"));
                break;
            case PlayedFault.KillGateway:
                await KillAsync(cluster.Silos[0]);
                break;
            case PlayedFault.KillTwo:
                await KillAsync([.. cluster.Silos.Take(2)]);
                break;
            case PlayedFault.KillAll:
                await KillAsync([.. cluster.Silos]);
                break;
            case PlayedFault.Join:
                await cluster.Launch($"silo-{cluster.Silos.Count}").JoinedAsync();
                break;
            case PlayedFault.Drain:
                var leaving = cluster.Silos[^1];
                leaving.Process.Ask();
                _repairs.Add(GoAsync(leaving));
                break;
            case PlayedFault.FreezeShortly:
                await FreezeAsync(TimeSpan.FromSeconds(4));
                break;
            case PlayedFault.FreezeLong:
                await FreezeAsync(TimeSpan.FromSeconds(20));
                break;
            case PlayedFault.CutTwo:
                CutApart(cluster.Silos[0], cluster.Silos[^1], TimeSpan.FromSeconds(20));
                break;
            case PlayedFault.ChangeTransport:
                await KillAsync([.. cluster.Silos], "--shared-memory", "false");
                break;
            case PlayedFault.LoseRedis:
            case PlayedFault.LoseRedisAndATrainer:
                var dead = fault == PlayedFault.LoseRedisAndATrainer ? await WithoutAsync(Kinds) : null;
                await cluster.Redis.KillAsync();
                dead?.Process.KillNow();
                _repairs.Add(
                    Task.Run(async () =>
                    {
                        await Task.Delay(TimeSpan.FromSeconds(60));
                        await cluster.Redis.StartAgainAsync();
                        if (dead is not null)
                            await dead.StartAgainAsync();
                    })
                );
                break;
        }
    }

    /// <summary>The only silo there is comes back, as its machine would have it.</summary>
    private async Task GoAsync(TestSilo leaving)
    {
        await leaving.Process.EndAsync(TimeSpan.FromSeconds(60));
        if (cluster.Silos.Count == 1)
            await leaving.StartAgainAsync();
    }

    private async Task<TestSilo> HolderAsync(string kind) =>
        await cluster.OfAsync(grains, kind) is [var first, ..] ? first : cluster.Silos[0];

    private async Task<TestSilo> WithoutAsync(params string[] kinds)
    {
        var holders = new Dictionary<TestSilo, int>();
        foreach (var kind in kinds)
        foreach (var silo in await cluster.OfAsync(grains, kind))
            holders[silo] = holders.GetValueOrDefault(silo) + 1;
        return cluster.Silos.MinBy(silo => holders.GetValueOrDefault(silo))!;
    }

    private Task KillAsync(params TestSilo[] silos) => KillAsync(silos, []);

    private async Task KillAsync(TestSilo[] silos, params string[] backWith)
    {
        foreach (var silo in silos)
            silo.Process.KillNow();
        _repairs.Add(
            Task.Run(async () =>
            {
                await Task.Delay(BackAfter);
                foreach (var silo in silos)
                    await silo.StartAgainAsync(backWith);
            })
        );
        await Task.CompletedTask;
    }

    private void CutApart(TestSilo one, TestSilo other, TimeSpan length)
    {
        one.Link!.CutFrom(other.Process.Id);
        other.Link!.CutFrom(one.Process.Id);
        _repairs.Add(
            Task.Run(async () =>
            {
                await Task.Delay(length);
                one.Link.Mend();
                other.Link.Mend();
            })
        );
    }

    private async Task FreezeAsync(TimeSpan length)
    {
        var silo = cluster.Silos[^1];
        silo.Process.Freeze();
        _repairs.Add(
            Task.Run(async () =>
            {
                await Task.Delay(length);
                silo.Process.Thaw();
            })
        );
        await Task.CompletedTask;
    }
}

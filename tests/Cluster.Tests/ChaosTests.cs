using System.Diagnostics;
using System.Globalization;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Cluster.Tests;

/// <summary>A run under a long schedule of faults, one each half minute, drawn from a seed.</summary>
/// <remarks>
/// <c>MM_CHAOS_SECONDS=1200 MM_CHAOS_SEED=7</c> plays twenty minutes of schedule 7, and at the same time, on another core, a cluster
/// without a fault to compare with; its log says what happened when, so that another person can play it again.
/// </remarks>
public class ChaosTests(ITestOutputHelper output)
{
    private const int Silos = 3;

    // More epochs than there is time for, with the switch after a minute or so.
    private static readonly RunSpecification Endless = SmallRun.Of(100_000, switchEpoch: 200);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task FaultsCostTimeAndNothingElse()
    {
        Assert.SkipUnless(
            int.TryParse(
                Environment.GetEnvironmentVariable("MM_CHAOS_SECONDS"),
                CultureInfo.InvariantCulture,
                out var seconds
            ),
            "MM_CHAOS_SECONDS is not set: a schedule worth playing takes minutes"
        );
        var seed = int.TryParse(
            Environment.GetEnvironmentVariable("MM_CHAOS_SEED"),
            CultureInfo.InvariantCulture,
            out var given
        )
            ? given
            : Random.Shared.Next(1, 1_000_000);
        var time = TimeSpan.FromSeconds(seconds);
        output.WriteLine($"MM_CHAOS_SECONDS={seconds} MM_CHAOS_SEED={seed}");

        Assert.SkipWhen(Environment.ProcessorCount < 2, "one core: no other one for the calm cluster");
        var both = await Task.WhenAll(PlayAsync(time, null, core: 0), PlayAsync(time, new(seed), core: 1));
        var (calm, faulty) = (both[0], both[1]);

        output.WriteLine(
            $"{faulty.Round} rounds with faults, {calm.Round} without: {(double)faulty.Round / calm.Round:F3}; "
                + $"{faulty.Epochs.Count} and {calm.Epochs.Count} epochs recorded, each with its sampler's sum"
        );
        foreach (var (name, played) in new[] { ("with faults", faulty), ("without", calm) })
        {
            var images = SmallRun.ImagesOf(played.Round);
            output.WriteLine(
                $"{name}: {images} images in the result, {played.Computed} counted while computed (not what a killed silo did last); "
                    + $"{(double)played.Read / images:F4} read for one in the result, tests included"
            );
            foreach (var violation in played.Violations)
                output.WriteLine($"VIOLATION {name}: {violation}");
        }

        var replayed = await Task.WhenAll(
            SmallRun.ReplayAsync(Endless, calm.Round),
            SmallRun.ReplayAsync(Endless, faulty.Round)
        );
        output.WriteLine($"{faulty.State} with faults, {replayed[1].StateSha256} in one process");
        foreach (var (played, truth) in new[] { (calm, replayed[0]), (faulty, replayed[1]) })
            if (played.State != truth.StateSha256)
                Explain(played, truth);
        Assert.Equal([calm.State, faulty.State], replayed.Select(status => status.StateSha256).ToList());
        foreach (var played in (Played[])[faulty, calm])
        {
            // A stop may come between an epoch's last round and its end.
            var least = (played.Round - 1) / SmallRun.RoundsPerEpoch;
            Assert.InRange(played.Epochs.Count, least, played.Round / SmallRun.RoundsPerEpoch);
            Assert.Equal(Enumerable.Range(1, played.Epochs.Count), played.Epochs.Select(e => e.Epoch));
            Assert.Empty(played.Violations);
        }
    }

    /// <summary>Where a run that ended with another state went wrong, and what happened then.</summary>
    private void Explain(Played played, RunSnapshot truth)
    {
        var first = played
            .Epochs.Zip(truth.Epochs)
            .FirstOrDefault(pair =>
                (pair.First.TrainLoss, pair.First.TestLoss, pair.First["grad_norm"])
                != (pair.Second.TrainLoss, pair.Second.TestLoss, pair.Second["grad_norm"])
            );
        output.WriteLine(
            first.First is null
                ? $"all {played.Epochs.Count} epochs are those of one process; the difference is after them, before round {played.Round}"
                : $"epoch {first.First.Epoch} is the first that differs: loss {first.First.TrainLoss:R}, {first.Second.TrainLoss:R} in one process; "
                    + $"test loss {first.First.TestLoss:R}, {first.Second.TestLoss:R}; gradient norm {first.First["grad_norm"]:R}, {first.Second["grad_norm"]:R}"
        );
        foreach (
            var line in played.Events.Where(line =>
                !line.Contains("\"event\":\"round\"", StringComparison.Ordinal)
            )
        )
            output.WriteLine(line);
    }

    private sealed record Played(
        long Round,
        string State,
        IReadOnlyList<EpochResult> Epochs,
        IReadOnlyList<string> Events,
        IReadOnlyList<string> Violations,
        long Computed,
        long Read
    );

    private async Task<Played> PlayAsync(TimeSpan time, Random? random, int core)
    {
        await using var cluster = await TestCluster.StartAsync(
            Clustering.Redis,
            Silos,
            isProxied: true,
            core
        );
        var grains = await cluster.ConnectAsync();
        await using var counts = new WorkCounts(cluster);
        var run = await SmallRun.SubmitAsync(grains, Silos, Endless);
        var began = Stopwatch.StartNew();
        var repairs = new List<Task>();
        for (var next = Between; random is not null && next < time; next += Between)
        {
            await Task.Delay(next - began.Elapsed, TestContext.Current.CancellationToken);
            await Task.WhenAll(repairs);
            repairs.Clear();
            repairs.Add(Strike(cluster, random, began));
        }

        if (time - began.Elapsed is var left && left > TimeSpan.Zero)
            await Task.Delay(left, TestContext.Current.CancellationToken);
        await Task.WhenAll(repairs);
        await SmallRun.AskAsync(() => run.StopAsync(now: false, "request"), TimeSpan.FromMinutes(1));
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(2));
        Assert.True(status.State == RunStatus.Stopped, $"{status.State} {status.Fault}\n{cluster.Logs}");
        var events = File.ReadAllLines(Path.Combine(cluster.RunsFolder, SmallRun.Id, "events.jsonl"));
        var violations = events
            .Where(line =>
                line.Contains("\"event\":\"error\"", StringComparison.Ordinal)
                || line.Contains("MM4004", StringComparison.Ordinal)
            )
            .ToList();
        await counts.EndAsync();
        return new(
            status.Progress.Round,
            status.StateSha256!,
            status.Epochs,
            [
                .. events,
                .. cluster
                    .Logs.Split('\n')
                    .Where(line => line.Contains("MMOrleans", StringComparison.Ordinal)),
            ],
            violations,
            counts.Computed,
            counts.Read
        );
    }

    private async Task Strike(TestCluster cluster, Random random, Stopwatch clock)
    {
        var silo = cluster.Silos[random.Next(Silos)];
        var away = TimeSpan.FromSeconds(random.Next(1, 10));
        var kind = random.Next(7);
        void Say(string what) => output.WriteLine($"{clock.Elapsed.TotalSeconds, 7:F1} s  {what}");
        switch (kind)
        {
            case 0 or 1:
                Say($"{silo.Name} is killed, back after {away.TotalSeconds} s");
                silo.Process.KillNow();
                await Task.Delay(away);
                await silo.StartAgainAsync();
                break;
            case 2:
                Say($"{silo.Name} stands still for {2 * away.TotalSeconds} s");
                silo.Process.Freeze();
                await Task.Delay(2 * away);
                silo.Process.Thaw();
                // A silo that the others declared dead meanwhile ends itself, as it must; its machine starts it again.
                await Task.Delay(TimeSpan.FromSeconds(5));
                if (silo.Process.HasExited)
                    await silo.StartAgainAsync();
                break;
            case 3:
                Say($"{silo.Name} is asked to go, back after {away.TotalSeconds} s");
                silo.Process.Ask();
                await silo.Process.EndAsync(TimeSpan.FromSeconds(60));
                await Task.Delay(away);
                await silo.StartAgainAsync();
                break;
            case 4:
                Say($"Redis is killed, back after {away.TotalSeconds} s");
                await cluster.Redis.KillAsync();
                await Task.Delay(away);
                await cluster.Redis.StartAgainAsync();
                break;
            case 5:
                var apart = cluster.Silos.First(s => s != silo);
                Say($"{silo.Name} and {apart.Name} do not reach each other for {2 * away.TotalSeconds} s");
                silo.Link!.CutFrom(apart.Process.Id);
                apart.Link!.CutFrom(silo.Process.Id);
                await Task.Delay(2 * away);
                silo.Link.Mend();
                apart.Link.Mend();
                break;
            default:
                var other = cluster.Silos.First(s => s != silo);
                Say($"{silo.Name} and {other.Name} are killed, back after {away.TotalSeconds} s");
                silo.Process.KillNow();
                other.Process.KillNow();
                await Task.Delay(away);
                await silo.StartAgainAsync();
                await other.StartAgainAsync();
                break;
        }
    }
}

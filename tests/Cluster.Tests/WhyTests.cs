using System.Diagnostics;
using System.Globalization;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>Real faults on silos of their own processes, and what <c>mm why</c> says of them to somebody who was not there.</summary>
/// <remarks>One of them each time; <c>MM_WHY=1</c> plays all (four minutes) and prints each text.</remarks>
public class WhyTests(ITestOutputHelper output)
{
    private const string Variable = "MM_WHY";
    private const string TooLong = "MM_WHY is not set: all faults take four minutes";
    private const int Page = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static bool IsWhole => Environment.GetEnvironmentVariable(Variable) == "1";

    [Fact]
    public async Task AKilledSiloIsNamedWithTheNoticeTheRecomputedSlotsAndThePause()
    {
        var why = await PlayAsync(
            "SIGKILL of silo-1, back after 6 s",
            async (cluster, _) =>
            {
                cluster.Silos[1].Process.KillNow();
                // Past the notice: one that is back before it, in the second of its death, cannot be told from one that was frozen.
                await Task.Delay(TimeSpan.FromSeconds(6));
                await cluster.Silos[1].StartAgainAsync();
                await cluster.Silos[1].JoinedAsync();
            }
        );

        Says(why, "silo-1/t0 was lost at epoch ", "killed (SIGKILL, out of memory) or crashed");
        // On a busy machine it is back before anybody has knocked.
        Assert.Matches("its port refuses connections|another process of its name was there already", why);
        Says(why, "of the open round, by silo-", "next round ");
        Says(why, "mm logs r-test01 --trainer silo-1/t0");
    }

    [Theory]
    [InlineData(4.0)] // shorter than the patience of 5 s: nobody is taken out, and the round waits
    [InlineData(20)] // declared dead meanwhile: it ends itself when it runs again
    public async Task AFrozenSiloIsNotTakenForADeadOne(double seconds)
    {
        Assert.SkipUnless(IsWhole, TooLong);
        var why = await PlayAsync(
            string.Create(CultureInfo.InvariantCulture, $"SIGSTOP of silo-1 for {seconds} s"),
            async (cluster, _) =>
            {
                cluster.Silos[1].Process.Freeze();
                await Task.Delay(TimeSpan.FromSeconds(seconds));
                cluster.Silos[1].Process.Thaw();
            }
        );

        Says(why, "SIGSTOP");
        Says(why, seconds < 5 ? "silo-1/t0 did not run for " : "silo-1/t0 was frozen at epoch ");
        Assert.DoesNotContain("SIGKILL", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALostRedisIsToldWithItsTimeAndTheRoundsThatPassed()
    {
        Assert.SkipUnless(IsWhole, TooLong);
        var why = await PlayAsync(
            "Redis killed, back after 60 s",
            async (cluster, _) =>
            {
                await cluster.Redis.KillAsync();
                await Task.Delay(TimeSpan.FromSeconds(60));
                await cluster.Redis.StartAgainAsync();
            }
        );

        Says(why, "The cluster's store was away for ", "training went on", "Redis at 127.0.0.1:");
        Says(why, "nothing: no round needs it");
    }

    /// <summary>No GPU here: a process that may map no more memory ends, as under the kernel's own killer. What a failed allocation says of itself is in OutOfMemoryTests.</summary>
    [Fact]
    public async Task AProcessThatEndsForLackOfMemoryIsToldAsOne()
    {
        Assert.SkipUnless(IsWhole, TooLong);
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "prlimit is not on this machine");
        var why = await PlayAsync(
            "no more address space for silo-1 (prlimit --as)",
            async (cluster, _) =>
            {
                var id = cluster.Silos[1].Process.Id;
                var size = File.ReadLines($"/proc/{id}/status")
                    .Single(line => line.StartsWith("VmSize:", StringComparison.Ordinal))
                    .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[^2];
                var bytes = (long.Parse(size, CultureInfo.InvariantCulture) + 1024) * 1024;
                using var limit = Process.Start("prlimit", ["--pid", $"{id}", $"--as={bytes}"]);
                await limit.WaitForExitAsync();
                Assert.Equal(0, limit.ExitCode);
            },
            rounds: 4
        );

        Says(why, "silo-1/t0 was lost at epoch ", "killed (SIGKILL, out of memory) or crashed");
    }

    private async Task<string> PlayAsync(
        string what,
        Func<TestCluster, IGrainFactory, Task> strikeAsync,
        int rounds = 30
    )
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 2);
        var grains = await cluster.ConnectAsync();
        await SmallRun.SubmitAsync(grains, 2, SmallRun.Of(10_000, switchEpoch: 5000));
        var before = await ReachAsync(rounds);
        await strikeAsync(cluster, grains);
        await ReachAsync(before + (2 * rounds));
        await Task.Delay(TimeSpan.FromSeconds(3)); // what is told beside the rounds comes after them

        var (code, why) = await Mm.RunAsync(cluster.Address, "why", SmallRun.Id, "--quiet");

        output.WriteLine($"## {what}\n{why}");
        Assert.True(code == 0, why);
        Assert.True(why.TrimEnd().Split('\n').Length <= Page, $"longer than {Page} lines:\n{why}");
        return why;

        Task<long> ReachAsync(long round) =>
            TrainerRounds.ReachAsync(
                grains,
                () => cluster.Silos.Take(1),
                round,
                Patience,
                () => cluster.Logs
            );
    }

    private static void Says(string why, params string[] words) =>
        Assert.All(words, said => Assert.Contains(said, why, StringComparison.Ordinal));
}

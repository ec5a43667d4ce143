using System.Diagnostics;
using System.Globalization;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Trainers;

namespace MMOrleans.Cluster.Tests;

/// <summary>How long a run stands still when a silo is killed, by what the silo held.</summary>
/// <remarks><c>MM_KILLS=60</c> kills sixty times, each role in turn, on one run of four silos, and prints the times.</remarks>
public class KillTests(ITestOutputHelper output)
{
    private const int Silos = 4;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string[] Roles =
    [
        "trainer",
        "coordinator",
        "segment",
        "datashard",
        "rungrain",
        "gateway",
    ];

    [Fact]
    public async Task NextRoundComesAfterEveryKill()
    {
        Assert.SkipUnless(
            int.TryParse(
                Environment.GetEnvironmentVariable("MM_KILLS"),
                CultureInfo.InvariantCulture,
                out var kills
            ),
            "MM_KILLS is not set: a table of times needs minutes"
        );
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, Silos);
        var grains = await cluster.ConnectAsync();
        await SmallRun.SubmitAsync(grains, Silos, epochs: 100_000);
        var pauses = new List<(string Role, double Seconds)>();
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(Settled, TestContext.Current.CancellationToken);
            var role = Roles[kill % Roles.Length];
            var silo = await HolderAsync(cluster, grains, role);
            var survivors = cluster.Silos.Where(s => s != silo).ToList();
            var before = await RoundAsync(grains, survivors);
            var began = Stopwatch.StartNew();
            silo.Process.KillNow();
            while (await RoundAsync(grains, survivors) < before + 2) // one may have been complete already
                Assert.True(began.Elapsed < Patience, $"no round after {began.Elapsed}\n{cluster.Logs}");
            pauses.Add((role, began.Elapsed.TotalSeconds));
            output.WriteLine(
                $"{kill + 1, 3}  {role, -12} {silo.Name}  round {before}  {began.Elapsed.TotalSeconds:F2} s"
            );
            await silo.StartAgainAsync();
            await silo.JoinedAsync();
        }

        foreach (var group in pauses.GroupBy(p => p.Role).Append(new All(pauses)))
            output.WriteLine($"{group.Key, -12} {Summary([.. group.Select(p => p.Seconds).Order()])}");
    }

    private static string Summary(double[] seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"n {seconds.Length}   median {seconds[seconds.Length / 2]:F2} s   p95 {seconds[Math.Min(seconds.Length - 1, (int)Math.Ceiling(0.95 * seconds.Length) - 1)]:F2} s   worst {seconds[^1]:F2} s"
        );

    private static async Task<TestSilo> HolderAsync(TestCluster cluster, IGrainFactory grains, string role) =>
        role switch
        {
            "gateway" => cluster.Silos[0],
            "trainer" => cluster.Silos[^1],
            _ => await cluster.OfAsync(grains, role) is [var first, ..] ? first : cluster.Silos[0],
        };

    /// <summary>The furthest round that a survivor holds, asked of the trainers themselves: the run's grain may be the one that died.</summary>
    private static async Task<long> RoundAsync(IGrainFactory grains, IReadOnlyList<TestSilo> survivors)
    {
        var rounds = await Task.WhenAll(
            survivors.Select(async silo =>
            {
                try
                {
                    var answer = await grains
                        .GetGrain<ITrainerGrain>($"{silo.Name}/t0")
                        .FetchStateAsync(new(SmallRun.Id, -1, 0, 0))
                        .WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
                    return answer.Round;
                }
                catch (Exception exception)
                    when (exception is TimeoutException or OrleansException or InvalidOperationException)
                {
                    return -1;
                }
            })
        );
        await Task.Delay(20, TestContext.Current.CancellationToken);
        return rounds.Max();
    }

    private sealed class All(IEnumerable<(string, double)> pauses)
        : List<(string Role, double Seconds)>(pauses),
            IGrouping<string, (string Role, double Seconds)>
    {
        public string Key => "all";
    }
}

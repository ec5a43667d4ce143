using System.Diagnostics;
using System.Globalization;
using MMOrleans.Cluster.Tests.Support;

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
            var before = await TrainerRounds.FurthestAsync(grains, survivors);
            var began = Stopwatch.StartNew();
            silo.Process.KillNow();
            // One may have been complete already.
            await TrainerRounds.ReachAsync(grains, () => survivors, before + 2, Patience, () => cluster.Logs);
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

    private sealed class All(IEnumerable<(string, double)> pauses)
        : List<(string Role, double Seconds)>(pauses),
            IGrouping<string, (string Role, double Seconds)>
    {
        public string Key => "all";
    }
}

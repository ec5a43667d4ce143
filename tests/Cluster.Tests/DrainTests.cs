using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>A silo that is taken out.</summary>
public partial class DrainTests
{
    [Fact]
    public async Task ADrainedSiloGetsNoWorkAndStaysUntilItIsStopped()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Localhost, silos: 2);
        var (code, output) = await Mm.RunAsync(cluster.Address, "cluster", "drain", "silo-1");
        Assert.True(code == 0, output);
        var (_, silos) = await Mm.RunAsync(cluster.Address, "cluster", "silos", "--json");
        Assert.Equal(
            ["active", "draining"],
            JsonNode.Parse(silos)!["silos"]!.AsArray().Select(silo => (string?)silo!["status"])
        );

        var grains = await cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, trainers: 1);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));
        Assert.Equal(await SmallRun.HashOfOneProcessAsync(), status.StateSha256);
        Assert.Equal(["silo-0/t0"], status.Progress.Trainers.Select(t => t.Trainer));
    }

    [Fact]
    public async Task TheOnlySiloThatIsAskedToGoKeepsItsLastRound()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 1);
        var silo = cluster.Silos[0];
        var grains = await cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, trainers: 1, epochs: FaultyRun.Epochs);
        var patience = TimeSpan.FromMinutes(1);
        await TrainerRounds.ReachAsync(
            grains,
            () => cluster.Silos,
            SmallRun.RoundsPerEpoch + 2,
            patience,
            () => cluster.Logs
        );

        silo.Process.Ask();
        Assert.Equal(0, await silo.Process.EndAsync(patience));

        var events = await File.ReadAllLinesAsync(
            Path.Combine(cluster.RunsFolder, SmallRun.Id, "events.jsonl"),
            TestContext.Current.CancellationToken
        );
        var kept = Assert.Single(
            events,
            line => line.Contains("is kept for the trainers that come", StringComparison.Ordinal)
        );
        await silo.StartAgainAsync();
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(2));
        Assert.Equal(await SmallRun.HashOfOneProcessAsync(FaultyRun.Epochs), status.StateSha256);
        var resumed = (
            await File.ReadAllLinesAsync(
                Path.Combine(cluster.RunsFolder, SmallRun.Id, "events.jsonl"),
                TestContext.Current.CancellationToken
            )
        ).Last(line => line.Contains("resumed from", StringComparison.Ordinal));
        var name = Checkpoint().Match(kept).Value;
        Assert.Contains($"resumed from {name} ", resumed, StringComparison.Ordinal);
    }

    [System.Text.RegularExpressions.GeneratedRegex("(epoch|round)-[0-9]+")]
    private static partial System.Text.RegularExpressions.Regex Checkpoint();
}

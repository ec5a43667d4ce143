using System.Diagnostics;
using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Learning.Specifications;

namespace MMOrleans.Cluster.Tests;

/// <summary>The command line against a cluster, each command a process.</summary>
public sealed class ClientTests(ClientTests.TwoSilos silos) : IClassFixture<ClientTests.TwoSilos>
{
    private readonly TestCluster _cluster = silos.Cluster;

    [Fact]
    public async Task ARunIsLeftThereWatchedByTwoListedShownAndItsLogIsRead()
    {
        var run = await Mm.TrainAsync(_cluster.Address, epochs: 2);
        await using var one = Mm.Start(_cluster.Address, "watch", run, "--no-progress");
        await using var two = Mm.Start(_cluster.Address, "watch", "latest", "--json");

        Assert.True(await one.EndAsync(TimeSpan.FromSeconds(60)) == 0, one.Output);
        Assert.True(await two.EndAsync(TimeSpan.FromSeconds(60)) == 0, two.Output);
        Assert.Contains($"run={run} epoch=2/2", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', one.Output);
        Assert.Contains(
            $"mm compare {run} RUN --cluster {_cluster.Address}",
            one.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("\"epoch\":2", two.Output, StringComparison.Ordinal);

        var (_, shown) = await Mm.RunAsync(_cluster.Address, "show", run, "--json");
        var document = JsonNode.Parse(shown)!;
        Assert.Equal("finished", (string?)document["status"]);
        Assert.Equal(64, ((string?)document["state_sha256"])?.Length);
        Assert.Equal(2, document["epochs_done"]!.AsArray().Count);
        var (_, list) = await Mm.RunAsync(_cluster.Address, "runs", "--json");
        Assert.Equal(run, (string?)JsonNode.Parse(list)!["runs"]![0]!["id"]);
        var (_, log) = await Mm.RunAsync(_cluster.Address, "logs", run);
        Assert.Contains("slots are leased", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeavingTakesASecondAndItsCommandsCanBePasted()
    {
        var run = await Mm.TrainAsync(_cluster.Address, epochs: 100);
        await using var watch = Mm.Start(_cluster.Address, "watch", run, "--no-progress");
        await watch.SaysAsync("/100 phase=", TimeSpan.FromSeconds(30));

        watch.PressControlC();
        Assert.Equal(130, await watch.EndAsync(TimeSpan.FromSeconds(5)));
        Assert.Contains(
            $"Left the display. {run} is still running on {_cluster.Address} (epoch",
            watch.Output,
            StringComparison.Ordinal
        );

        var again = Command(watch.Output, "attach again");
        await using var attached = Mm.Start("", [.. again, "--no-progress"]);
        await attached.SaysAsync($"run={run} epoch=", TimeSpan.FromSeconds(30));
        var (code, stopped) = await Mm.RunAsync("", Command(watch.Output, "stop it"));
        Assert.True(code == 0, stopped);
        Assert.Contains($"{run} is stopped", stopped, StringComparison.Ordinal);
        Assert.Equal(7, await attached.EndAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task ALostGatewayIsReplacedByAnother()
    {
        var (door, address) = (
            _cluster.Silos[0].Door!,
            $"{_cluster.Address.Split('@')[0]}@{_cluster.Silos[0].Gateway}"
        );
        var run = await Mm.TrainAsync(_cluster.Address, epochs: 100);
        await using var watch = Mm.Start(address, "watch", run, "--no-progress");
        await watch.SaysAsync("/100 phase=", TimeSpan.FromSeconds(30));

        door.Cut();
        var epochs = Epochs(watch.Output);
        var began = Stopwatch.StartNew();
        while (Epochs(watch.Output) <= epochs && began.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Delay(100, TestContext.Current.CancellationToken);
        door.Mend();
        Assert.True(Epochs(watch.Output) > epochs, watch.Output);
        watch.PressControlC();
        Assert.Equal(130, await watch.EndAsync(TimeSpan.FromSeconds(5)));
        var (_, stopped) = await Mm.RunAsync(_cluster.Address, "stop", run);
        Assert.Contains($"{run} is stopped", stopped, StringComparison.Ordinal);

        static int Epochs(string output) => output.Split(" epoch=").Length;
    }

    [Fact]
    public async Task RefusalsNameWhatIsWrongAndWhatToDo()
    {
        var silence = Mm.RunAsync("127.0.0.1:1", "runs");
        var (few, words) = await Mm.RunAsync(_cluster.Address, "train", "--trainers", "8", "--wait", "2s");
        Assert.Equal(4, few);
        Assert.Contains(
            "waiting up to 2 s for trainers: wanted 8 trainers, have 2",
            words,
            StringComparison.Ordinal
        );
        Assert.Contains("error MM3002: wanted 8 trainers, have 2 after ", words, StringComparison.Ordinal);
        Assert.Contains("--trainers 2, or wait with --wait", words, StringComparison.Ordinal);

        var (unknown, nobody) = await Mm.RunAsync(_cluster.Address, "cluster", "drain", "silo-9");
        Assert.Equal(3, unknown);
        Assert.Contains("no silo 'silo-9' (did you mean 'silo-0'?)", nobody, StringComparison.Ordinal);

        var grains = await _cluster.ConnectAsync();
        var run = await SmallRun.SubmitAsync(grains, trainers: 1);
        var twice = await run.SubmitAsync(
            new(
                SmallRun.Id,
                SpecificationDocument.Write(SmallRun.Specification with { Seed = 2 }),
                new() { Name = "test" }
            )
        );
        Assert.Equal("MM3005", twice.Fault?.Code);
        var status = await SmallRun.EndAsync(run, TimeSpan.FromMinutes(1));
        Assert.True(status.State == RunState.Finished, $"{status.State} {status.Fault}\n{_cluster.Logs}");

        var (code, output) = await silence;
        Assert.Equal(4, code);
        Assert.Contains(
            "error MM3001: no silo answered at 127.0.0.1:1 in 10 s",
            output,
            StringComparison.Ordinal
        );
    }

    private static string[] Command(string output, string label) =>
        output
            .Split('\n')
            .Select(line => line.Trim())
            .Single(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];

    /// <summary>One cluster for all claims: each leaves it as it was.</summary>
    public sealed class TwoSilos : IAsyncLifetime
    {
        internal TestCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Cluster = await TestCluster.StartAsync(Clustering.Localhost, silos: 2, isProxied: true);

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

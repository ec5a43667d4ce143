using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Cluster.Tests;

/// <summary>The command line against a cluster, each command a process.</summary>
public sealed class ClientTests(ClientTests.TwoSilos silos) : IClassFixture<ClientTests.TwoSilos>
{
    private readonly TestCluster _cluster = silos.Cluster;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARunIsLeftThereWatchedByTwoListedShownAndItsLogIsRead(bool overHttp)
    {
        var cluster = Address(overHttp);
        var run = await Mm.TrainAsync(cluster, epochs: 2);
        await using var one = Mm.Start(cluster, "watch", run, "--no-progress");
        await using var two = Mm.Start(cluster, "watch", "latest", "--json");

        Assert.True(await one.EndAsync(TimeSpan.FromSeconds(60)) == 0, one.Output);
        Assert.True(await two.EndAsync(TimeSpan.FromSeconds(60)) == 0, two.Output);
        Assert.Contains($"run={run} epoch=2/2", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', one.Output);
        Assert.Contains($"mm compare {run} RUN --cluster {cluster}", one.Output, StringComparison.Ordinal);
        Assert.Contains("\"epoch\":2", two.Output, StringComparison.Ordinal);

        var (_, shown) = await Mm.RunAsync(cluster, "show", run, "--json");
        var document = JsonNode.Parse(shown)!;
        Assert.Equal("finished", (string?)document["status"]);
        Assert.Equal(64, ((string?)document["state_sha256"])?.Length);
        Assert.Equal(2, document["epochs_done"]!.AsArray().Count);
        var (_, list) = await Mm.RunAsync(cluster, "runs", "--json");
        Assert.Equal(run, (string?)JsonNode.Parse(list)!["runs"]![0]!["id"]);
        var (_, log) = await Mm.RunAsync(cluster, "logs", run);
        Assert.Contains("slots leased as", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeavingTakesASecondAndItsCommandsCanBePasted(bool overHttp)
    {
        var cluster = Address(overHttp);
        var run = await Mm.TrainAsync(cluster, epochs: 100);
        await using var watch = Mm.Start(cluster, "watch", run, "--no-progress");
        await watch.SaysAsync("/100 phase=", TimeSpan.FromSeconds(30));

        watch.PressControlC();
        Assert.Equal(130, await watch.EndAsync(TimeSpan.FromSeconds(5)));
        // The first epoch may be told before the heartbeat that says that the run has begun.
        Assert.Matches(
            $@"Left the display\. {run} is still (running|starting) on {Regex.Escape(cluster)} \(epoch",
            watch.Output
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
        var (outside, closed) = await Mm.RunAsync("http://127.0.0.1:1", "runs");
        Assert.Equal(4, outside);
        Assert.Contains(
            "error MM3001: no silo answered at http://127.0.0.1:1: Connection refused",
            closed,
            StringComparison.Ordinal
        );
        var (few, words) = await Mm.RunAsync(_cluster.Address, "train", "--trainers", "8", "--wait", "2s");
        Assert.Equal(4, few);
        Assert.Contains(
            "waiting up to 2 s for trainers: wanted 8 trainers, have 2",
            words,
            StringComparison.Ordinal
        );
        Assert.Contains("error MM3002: wanted 8 trainers, have 2 after ", words, StringComparison.Ordinal);
        Assert.Contains("--trainers 2, or wait with --wait", words, StringComparison.Ordinal);

        foreach (var cluster in (string[])[Address(overHttp: false), Address(overHttp: true)])
        {
            var (unknown, nobody) = await Mm.RunAsync(cluster, "cluster", "drain", "silo-9");
            Assert.Equal(3, unknown);
            Assert.Contains("no silo 'silo-9' (did you mean 'silo-0'?)", nobody, StringComparison.Ordinal);
        }

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
        Assert.True(status.State == RunStatus.Finished, $"{status.State} {status.Fault}\n{_cluster.Logs}");

        var (code, output) = await silence;
        Assert.Equal(4, code);
        Assert.Contains(
            "error MM3001: no silo answered at 127.0.0.1:1 in 10 s",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ARequestReadsAndWritesNothingOutsideOfTheSilosFolders()
    {
        var grains = await _cluster.ConnectAsync();
        using var elsewhere = new TemporaryFolder();
        var outside = Directory.CreateDirectory(elsewhere["r-0vts1d"]).FullName;
        File.CreateSymbolicLink(Path.Combine(_cluster.RunsFolder, "link"), "/etc");
        var settings = new RunSettings { Name = "test" };
        var begun = SmallRun.Specification with
        {
            Model = SmallRun.Specification.Model with { InitFrom = new() { Sha256 = new('0', 64) } },
        };

        async Task<string?> CodeAsync(string id, RunSpecification specification, RunSettings with) =>
            (
                await grains
                    .GetGrain<IRunGrain>(id)
                    .SubmitAsync(new(id, SpecificationDocument.Write(specification), with))
            )
                .Fault
                ?.Code;

        foreach (
            var path in (string[])
                ["/etc", "/dev/zero", "../../../../etc", Path.Combine(_cluster.RunsFolder, "link")]
        )
            Assert.Equal(
                "MM3003",
                await CodeAsync("r-evt000", SmallRun.Specification, settings with { DataPath = path })
            );
        Assert.Equal(
            "MM3003",
            await CodeAsync("r-evt000", begun, settings with { InitFrom = "/etc/passwd" })
        );
        Assert.Equal(
            "MM1004",
            await CodeAsync("r-evt000", begun, settings with { InitFrom = "../x@epoch-0001" })
        );
        Assert.Equal(
            "MM1004",
            await CodeAsync(
                "r-evt000",
                SmallRun.Specification,
                settings with
                {
                    Parent = "../../x@epoch-0001",
                }
            )
        );
        Assert.Equal(
            "MM1004",
            await CodeAsync(
                $"../{Path.GetFileName(elsewhere.Path)}/r-0vts1d",
                SmallRun.Specification,
                settings
            )
        );
        Assert.Equal(
            "MM1007",
            await CodeAsync(
                "r-evt000",
                SmallRun.Specification with
                {
                    Dataset = SmallRun.Specification.Dataset with { Name = "../../etc" },
                },
                settings
            )
        );
        Assert.Equal(
            "MM1004",
            await CodeAsync("r-evt000", SmallRun.Specification with { Slots = int.MaxValue }, settings)
        );
        await Assert.ThrowsAnyAsync<Exception>(() =>
            grains
                .GetGrain<MMOrleans.Grains.Interfaces.Trainers.ITrainerGrain>("silo-0/t0")
                .StartAsync(
                    new(
                        "r-evt000",
                        SpecificationDocument.Write(SmallRun.Specification),
                        settings,
                        outside,
                        null,
                        ""
                    )
                )
        );

        var run = await Mm.TrainAsync(_cluster.Address, epochs: 1);
        foreach (
            var name in (string[])
                ["../../../etc/passwd", "/etc/passwd", "../link/passwd", "endpoint.json", "run.json\0"]
        )
            await Assert.ThrowsAnyAsync<Exception>(() =>
                grains.GetGrain<IRunFilesGrain>(run).ReadAsync(name, 0, 100)
            );
        await Assert.ThrowsAnyAsync<Exception>(() =>
            grains.GetGrain<IRunFilesGrain>(run).ReadAsync("run.json", -1, -1)
        );
        using (var sound = await grains.GetGrain<IRunFilesGrain>(run).ReadAsync("run.json", 0, 100))
            Assert.Equal(100, sound.Length); // or else nothing could be read

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.False(Directory.Exists(Path.Combine(_cluster.RunsFolder, "r-evt000")), "half a run was left");
        await SmallRun.EndAsync(grains.GetGrain<IRunGrain>(run), TimeSpan.FromMinutes(1));
    }

    /// <summary>From outside the same verbs say the same.</summary>
    [Fact]
    public async Task OverHttpVerbsAnswerAsThroughAGateway()
    {
        var run = await Mm.TrainAsync(Address(overHttp: true), epochs: 1);
        await using (var watch = Mm.Start(Address(overHttp: true), "watch", run, "--no-progress"))
            Assert.True(await watch.EndAsync(TimeSpan.FromSeconds(60)) == 0, watch.Output);
        foreach (
            var verb in (string[][])
                [
                    ["runs", "--json"],
                    ["show", run],
                    ["show", run, "--json"],
                    ["show", run, "--config"],
                    ["why", run, "--json"],
                    ["logs", run],
                    ["checkpoints", "list", run, "--json"],
                    ["stop", run],
                    ["resume", run],
                    ["cluster", "silos"],
                    ["cluster", "status", "--json"],
                ]
        )
        {
            var (inside, outside) = (
                await Mm.RunAsync(Address(overHttp: false), verb),
                await Mm.RunAsync(Address(overHttp: true), verb)
            );
            Assert.Equal(inside.ExitCode, outside.ExitCode);
            Assert.Equal(Lines(inside.Output), Lines(outside.Output));
        }

        // Where the run was submitted to is part of what it says of itself.
        string[] Lines(string output) =>
            output
                .Replace(Address(overHttp: false), "ADDRESS", StringComparison.Ordinal)
                .Replace(Address(overHttp: true), "ADDRESS", StringComparison.Ordinal)
                .Split('\n');
    }

    /// <summary>A gateway for use inside, or the port that serves HTTP.</summary>
    private string Address(bool overHttp) =>
        overHttp ? _cluster.Silos[1].Rest.ToString().TrimEnd('/') : _cluster.Address;

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

using System.Text.Json.Nodes;
using MMOrleans.Cluster.Tests.Support;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Cluster.Tests;

/// <summary>Runs that wait for trainers.</summary>
public class QueueTests
{
    private const string Going = "r-g00000";
    private const string Late = "r-a00000";
    private const string Last = "r-h00000";
    private const string Urgent = "r-z00000";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task QueuedRunsOutliveEveryProcessAndBeginInTheirOrder()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 1);
        var grains = await cluster.ConnectAsync();
        var going = await SmallRun.SubmitAsync(grains, trainers: 1, Going, epochs: FaultyRun.Epochs);
        var (late, later) = (
            await QueueAsync(grains, Late, priority: 0),
            await QueueAsync(grains, Urgent, priority: 5)
        );
        var last = await QueueAsync(grains, Last, priority: 0); // of two with one priority the older is first
        var (_, list) = await Mm.RunAsync(cluster.Address, "runs", "--json");
        Assert.Equal(
            [
                (Late, $"wanted 1 trainer, have 0 (1 busy with {Going})"),
                (Going, null),
                (Last, $"wanted 1 trainer, have 0 (1 busy with {Going})"),
                (Urgent, $"wanted 1 trainer, have 0 (1 busy with {Going})"),
            ],
            JsonNode.Parse(list)!["runs"]!
                .AsArray()
                .Select(run => ((string)run!["id"]!, (string?)run["waiting_for"]))
                .Order()
        );

        var silo = cluster.Silos[0];
        silo.Process.KillNow();
        await silo.StartAgainAsync();

        var ends = new List<RunSnapshot>();
        foreach (var run in (IRunGrain[])[going, later, late, last])
            ends.Add(await SmallRun.EndAsync(run, Patience));
        Assert.All(
            ends,
            end => Assert.True(end.State == RunStatus.Finished, $"{end.RunId} {end.Fault}\n{cluster.Logs}")
        );
        Assert.Equal(
            [
                await SmallRun.HashOfOneProcessAsync(FaultyRun.Epochs),
                await SmallRun.HashOfOneProcessAsync(),
                await SmallRun.HashOfOneProcessAsync(),
                await SmallRun.HashOfOneProcessAsync(),
            ],
            ends.Select(end => end.StateSha256)
        );
        Assert.True(Began(cluster, Urgent) < Began(cluster, Late), "the urgent one was second");
        Assert.True(Began(cluster, Late) < Began(cluster, Last), "the older one was second");
    }

    [Fact]
    public async Task QueuedRunIsStoppedOrGivenUpWithoutHavingBegun()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Localhost, silos: 1);
        var grains = await cluster.ConnectAsync();
        var going = await SmallRun.SubmitAsync(grains, trainers: 1, SmallRun.Of(10_000), Going);
        var (stopped, given) = (
            await QueueAsync(grains, Late),
            await QueueAsync(grains, Urgent, wait: TimeSpan.FromSeconds(2))
        );

        await stopped.StopAsync(now: false, "request");
        var first = await SmallRun.EndAsync(stopped, Patience);
        var second = await SmallRun.EndAsync(given, Patience);

        Assert.Equal((RunStatus.Stopped, null), (first.State, first.Fault));
        Assert.Equal(
            (RunStatus.Failed, "MM3002", $"wanted 1 trainer, have 0 after 2 s (1 busy with {Going})"),
            (second.State, second.Fault?.Code, second.Fault?.Message)
        );
        await going.StopAsync(now: true, "request");
        await SmallRun.EndAsync(going, Patience);
    }

    /// <summary>Its checkpoint, its place in the queue and its way on outlive the silo's process.</summary>
    [Fact]
    public async Task ResumedRunThatFindsNoTrainerWaitsForItsTurnAndGoesOnWhereItStopped()
    {
        await using var cluster = await TestCluster.StartAsync(Clustering.Redis, silos: 1);
        var grains = await cluster.ConnectAsync();
        var resumed = await SmallRun.SubmitAsync(grains, trainers: 1, Going, epochs: FaultyRun.Epochs);
        long cursor = 0;
        for (RunUpdate? seen = null; seen is null || seen.Epochs.IsEmpty; cursor = seen.Cursor)
            seen = await resumed.WatchAsync(
                cursor,
                TimeSpan.FromSeconds(2),
                TestContext.Current.CancellationToken
            );
        await resumed.StopAsync(now: false, "request");
        var stopped = await SmallRun.EndAsync(resumed, Patience);
        var other = await SmallRun.SubmitAsync(grains, trainers: 1, SmallRun.Of(10_000), Late);

        var answer = await resumed.ResumeAsync(
            new(Going, null, null, null, null, Wait: TimeSpan.FromHours(1)),
            TestContext.Current.CancellationToken
        );

        Assert.Null(answer.Fault);
        var waiting = await resumed.GetStatusAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunStatus.Queued, stopped.Progress.Round), (waiting.State, waiting.Progress.Round));
        Assert.Equal($"wanted 1 trainer, have 0 (1 busy with {Late})", waiting.Progress.Activity);

        var silo = cluster.Silos[0];
        silo.Process.KillNow();
        await silo.StartAgainAsync();
        await SmallRun.AskAsync(() => other.StopAsync(now: true, "request"), Patience);
        var end = await SmallRun.EndAsync(resumed, Patience);

        Assert.True(end.State == RunStatus.Finished, $"{end.State} {end.Fault}\n{cluster.Logs}");
        Assert.Equal(await SmallRun.HashOfOneProcessAsync(FaultyRun.Epochs), end.StateSha256);
        var timeline = await File.ReadAllTextAsync(
            Path.Combine(cluster.RunsFolder, Going, "events.jsonl"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("resumed from ", timeline, StringComparison.Ordinal); // and not from the beginning
    }

    private static async Task<IRunGrain> QueueAsync(
        IGrainFactory grains,
        string id,
        int priority = 0,
        TimeSpan? wait = null
    )
    {
        var run = grains.GetGrain<IRunGrain>(id);
        var answer = await run.SubmitAsync(
            new(
                id,
                SpecificationDocument.Write(SmallRun.Specification),
                new()
                {
                    Name = "test",
                    Priority = priority,
                    Wait = wait ?? TimeSpan.FromHours(1),
                }
            ),
            TestContext.Current.CancellationToken
        );
        Assert.Null(answer.Fault);
        Assert.Equal(
            RunStatus.Queued,
            (await run.GetStatusAsync(TestContext.Current.CancellationToken)).State
        );
        return run;
    }

    private static DateTimeOffset Began(TestCluster cluster, string id) =>
        File.ReadLines(Path.Combine(cluster.RunsFolder, id, "events.jsonl"))
            .Select(line => JsonNode.Parse(line)!)
            .Where(node => (string?)node["event"] == "started")
            .Select(node => (DateTimeOffset)node["time"]!)
            .Single();
}

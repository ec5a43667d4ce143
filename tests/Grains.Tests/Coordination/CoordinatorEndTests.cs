using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Coordination;

/// <summary>The end of a run is saved, told and recorded in steps that are safe to repeat: whatever one throws, it is tried again.</summary>
public class CoordinatorEndTests
{
    private const string RunId = "r-test01";

    [Theory]
    [InlineData(nameof(ITrainerGrain.SaveAsync))]
    [InlineData(nameof(IRunGrain.RecordCheckpointAsync))]
    [InlineData(nameof(IRunGrain.RecordEndAsync))]
    [InlineData(nameof(IClusterGrain.ReleaseAsync))]
    [InlineData(nameof(ITrainerGrain.LeaveAsync))]
    public async Task AStepThatThrowsIsTriedAgain(string step)
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await FaultyCluster.StartAsync(folder.Path);
        var run = await BeginAsync(cluster);

        cluster.Fail(
            step,
            new InvalidOperationException("local/t0 is not in run r-test01."),
            new IOException("Stale file handle")
        );
        await run.StopAsync(now: false, "request");

        var status = await LocalRun.EndAsync(run).WaitAsync(TimeSpan.FromSeconds(40));
        Assert.Equal(RunStatus.Stopped, status.State);
        Assert.Equal(status.LastCheckpoint, Newest(folder)?.Name);
        Assert.Equal(status.StateSha256, Newest(folder)?.Manifest!.StateSha256);
    }

    [Fact]
    public async Task OwnerIsToldThatTheEndIsTriedAgain()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await FaultyCluster.StartAsync(folder.Path);
        var run = await BeginAsync(cluster);

        cluster.Fail(
            nameof(ITrainerGrain.SaveAsync),
            Enumerable.Range(0, 3).Select(_ => new IOException("Stale file handle"))
        );
        await run.StopAsync(now: false, "request");
        await LocalRun.EndAsync(run).WaitAsync(TimeSpan.FromSeconds(40));

        var warnings = EventLog
            .Read(new RunFolder(folder.Path, RunId).Events)
            .Where(e => e.Event == "warning")
            .Select(e => e.Message);
        Assert.Equal(
            ["the run's end could not be recorded (IOException: Stale file handle); it is tried again"],
            warnings
        );
    }

    /// <summary>Waiting mends nothing, and a run that is finished has its own result on disk.</summary>
    [Fact]
    public async Task RunWhoseLastCheckpointHoldsAnotherStateHasFailed()
    {
        using var other = new TemporaryFolder();
        await LocalRun.TrainAsync(
            other.Path,
            LocalRun.Specification(epochs: 4) with
            {
                Seed = 2,
            },
            trainers: 1
        );
        using var folder = new TemporaryFolder();
        await using var cluster = await FaultyCluster.StartAsync(folder.Path);
        var run = await BeginAsync(cluster, epochs: 4);
        var last = Directory.CreateDirectory(folder[RunId, "checkpoints", "epoch-0004"]).FullName;
        foreach (var file in Directory.GetFiles(other[RunId, "checkpoints", "epoch-0004"]))
            File.Copy(file, Path.Combine(last, Path.GetFileName(file)));

        while (!(await run.GetStatusAsync()).State.IsEnd())
            await Task.Delay(100, TestContext.Current.CancellationToken);

        var status = await run.GetStatusAsync();
        Assert.Equal((RunStatus.Failed, "MM4004"), (status.State, status.Fault?.Code));
    }

    [Fact]
    public async Task RunWhoseLastCheckpointCannotBeWrittenWaitsAndItsOwnerMayStopIt()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await FaultyCluster.StartAsync(folder.Path);
        var run = await BeginAsync(cluster, epochs: 2);
        Block(folder[RunId, "checkpoints"], folder[RunId, "aside"]);
        var events = new RunFolder(folder.Path, RunId).Events;
        while (!EventLog.Read(events).Any(IsLastUnwritten))
            await Task.Delay(100, TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.False((await run.GetStatusAsync()).State.IsEnd());

        await run.StopAsync(now: false, "request");

        var status = await LocalRun.EndAsync(run).WaitAsync(TimeSpan.FromSeconds(40));
        Assert.Equal((RunStatus.Stopped, 14), (status.State, status.Progress.Round));

        static bool IsLastUnwritten(EventRecord happened) =>
            Incident.Of(happened) is CheckpointUnwritten { Checkpoint: "epoch-0002" };
    }

    /// <summary>Puts a file where the folder should be, so that nothing can be written there; a checkpoint may be on its way into it.</summary>
    private static void Block(string path, string aside)
    {
        while (!File.Exists(path))
            try
            {
                if (Directory.Exists(path))
                    Directory.Move(path, $"{aside}-{Guid.NewGuid():n}");
                using var file = new FileStream(path, FileMode.CreateNew);
            }
            catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
            {
                // It was made again in between.
            }
    }

    private static CheckpointEntry? Newest(TemporaryFolder folder) =>
        new CheckpointStore(folder[RunId, "checkpoints"]).NewestIntact(out _);

    /// <summary>A run some rounds after its begin.</summary>
    private static async Task<IRunGrain> BeginAsync(FaultyCluster cluster, int epochs = 1000)
    {
        var run = cluster.Grains.GetGrain<IRunGrain>(RunId);
        var answer = await run.SubmitAsync(
            new(
                RunId,
                SpecificationDocument.Write(LocalRun.Specification(epochs: epochs)),
                new() { Name = "test" }
            )
        );
        Assert.Null(answer.Fault);
        while ((await run.GetStatusAsync()).Progress.Round < 3)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        return run;
    }
}

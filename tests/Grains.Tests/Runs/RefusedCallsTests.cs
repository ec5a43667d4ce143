using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Runs;

/// <summary>What a run is told beside its rounds may be refused for a while: it is told again, nothing is lost, and no trainer leaves.</summary>
public class RefusedCallsTests
{
    private const string RunId = "r-test01";
    private const int Epochs = 3;
    private const int Many = 25; // seconds: how far a run is shows half a second later, and it is to be stopped before its end

    [Theory]
    [InlineData(nameof(IRunGrain.RecordEpochAsync))]
    [InlineData(nameof(IRunGrain.RecordCheckpointAsync))]
    [InlineData(nameof(IRunGrain.NoteProgressAsync))]
    [InlineData(nameof(ICoordinatorGrain.BeatAsync))]
    public async Task RunEndsAsIfNothingHadBeenRefused(string call)
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await FaultyCluster.StartAsync(folder.Path);
        var run = cluster.Grains.GetGrain<IRunGrain>(RunId);
        cluster.Fail(
            call,
            new IOException("Stale file handle"),
            new InvalidOperationException("a fault of ours")
        );
        var answer = await run.SubmitAsync(
            new(
                RunId,
                SpecificationDocument.Write(LocalRun.Specification(epochs: Epochs)),
                new() { Name = "test" }
            )
        );
        Assert.Null(answer.Fault);

        var status = await LocalRun.EndAsync(run).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(cluster.HaveAllHappened);
        Assert.Equal(RunStatus.Finished, status.State);
        var record = new RunFolder(folder.Path, RunId);
        Assert.Equal(Enumerable.Range(1, Epochs), MetricsCsv.Read(record.Metrics).Select(row => row.Epoch));
        Assert.DoesNotContain(
            EventLog.Read(record.Events),
            e => e.Message.Contains("left", StringComparison.Ordinal)
        );
    }

    /// <summary>A round counts every image once (I3): what was computed from others is no result.</summary>
    [Fact]
    public async Task RunWhoseEpochUsedOtherImagesThanItsSamplersDrewFailsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await FaultyCluster.StartAsync(folder.Path);
        cluster.Alter<EpochResult>(
            nameof(IRunGrain.RecordEpochAsync),
            epoch => epoch.Epoch == 2 ? epoch with { SampleSum = epoch.SampleSum + 1 } : epoch
        );
        var run = cluster.Grains.GetGrain<IRunGrain>(RunId);
        await run.SubmitAsync(
            new(
                RunId,
                SpecificationDocument.Write(LocalRun.Specification(epochs: Epochs)),
                new() { Name = "test" }
            )
        );

        RunSnapshot status;
        while ((status = await run.GetStatusAsync()).State is not (RunStatus.Failed or RunStatus.Finished))
            await Task.Delay(50, TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Failed, status.State);
        Assert.Equal("MM9099", status.Fault!.Code);
        Assert.Contains("epoch 2 used images with the sum", status.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(
            [1],
            MetricsCsv.Read(new RunFolder(folder.Path, RunId).Metrics).Select(row => row.Epoch)
        );
    }

    /// <summary>Everybody who remembers them is gone by then, except the checkpoint.</summary>
    [Fact]
    public async Task EpochsThatCouldNotBeToldAreToldAfterAResumption()
    {
        using var folder = new TemporaryFolder();
        var record = new RunFolder(folder.Path, RunId);
        await using (var cluster = await FaultyCluster.StartAsync(folder.Path))
        {
            var run = cluster.Grains.GetGrain<IRunGrain>(RunId);
            cluster.Fail(
                nameof(IRunGrain.RecordEpochAsync),
                Enumerable.Range(0, 1000).Select(_ => new TimeoutException("the run's grain is nowhere"))
            );
            await run.SubmitAsync(
                new(
                    RunId,
                    SpecificationDocument.Write(LocalRun.Specification(epochs: Many)),
                    new() { Name = "test" }
                )
            );
            while ((await run.GetStatusAsync()).Progress.Round < 15) // two epochs of seven rounds
                await Task.Delay(50, TestContext.Current.CancellationToken);
            await run.StopAsync(now: false, "request");
            var stopped = await LocalRun.EndAsync(run).WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(RunStatus.Stopped, stopped.State);
            Assert.Empty(MetricsCsv.Read(record.Metrics));
        }

        await using var next = await FaultyCluster.StartAsync(folder.Path);
        var resumed = next.Grains.GetGrain<IRunGrain>(RunId);
        await resumed.ResumeAsync(new(RunId, null, null, null, null));
        var status = await LocalRun.EndAsync(resumed).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(RunStatus.Finished, status.State);
        Assert.Equal(Enumerable.Range(1, Many), MetricsCsv.Read(record.Metrics).Select(row => row.Epoch));
        Assert.Equal(Enumerable.Range(1, Many), status.Epochs.Select(epoch => epoch.Epoch));
        using var elsewhere = new TemporaryFolder();
        var unbroken = await LocalRun.TrainAsync(elsewhere.Path, LocalRun.Specification(epochs: Many), 1);
        Assert.Equal(unbroken.StateSha256, status.StateSha256);
        Assert.All(
            unbroken.Epochs.Zip(status.Epochs),
            pair => Assert.True(pair.First.SameNumbersAs(pair.Second))
        );
    }
}

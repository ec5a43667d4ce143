using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Runs;

/// <summary>What a run is told beside its rounds may be refused for a while: it is told again, nothing is lost, and no trainer leaves.</summary>
public class RefusedCallsTests
{
    private const string RunId = "r-test01";
    private const int Epochs = 3;

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
}

using System.Text.Json;
using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.ObjectStores;

namespace MMOrleans.Grains.Tests.Runs;

public class RunDirectoryTests
{
    private const string Run = "r-test01";

    /// <summary>It would stay locked for as long as its silo lives.</summary>
    [Fact]
    public async Task AFolderThatCannotBeReadIsLetGoAgain()
    {
        using var folder = new TemporaryFolder();
        var record = new RunFolder(folder.Path, Run).Record;
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        await File.WriteAllTextAsync(record, "{", TestContext.Current.CancellationToken);
        using var directory = new RunDirectory(
            folder.Path,
            Run,
            endpoint: null,
            now => WriterIdentity.OfThisProcess(now),
            TimeProvider.System,
            new CheckpointPlaces(new NoStores(), root: null, isConfined: false)
        );

        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            directory.HoldAsync(directory.Read, TestContext.Current.CancellationToken)
        );

        Assert.Equal("MM5001", fault.Code);
        Assert.False(directory.IsHeld);
    }

    /// <summary>It stood still, and another silo of its cluster went on: what it remembers is older than what is there.</summary>
    [Fact]
    public async Task ASiloThatWakesWritesNothingOverAnotherOnesFiles()
    {
        using var folder = new TemporaryFolder();
        var files = new RunFolder(folder.Path, Run);
        using var frozen = SiloOf(folder, "silo-0");
        await frozen.CreateAsync(
            Record(RunStatus.Running),
            new() { Name = "test" },
            TestContext.Current.CancellationToken
        );
        frozen.Continue(0, tensorBoard: false);
        using var next = SiloOf(folder, "silo-1");
        await next.HoldAsync(TestContext.Current.CancellationToken);
        next.Continue(0, tensorBoard: false);

        next.Write(Record(RunStatus.Finished));
        next.Add(new RunEvent(DateTimeOffset.UnixEpoch, "finished", "finished after 7 rounds", 1, 7));
        frozen.Write(Record(RunStatus.Running));
        frozen.Add(new RunEvent(DateTimeOffset.UnixEpoch, "warning", "late", 1, 5));
        frozen.Add(SomeEpoch.Of(1));

        Assert.True(frozen.IsLost());
        Assert.False(next.IsLost());
        Assert.Equal(RunStatus.Finished, RunRecord.Read(files.Record).Status);
        Assert.Equal(["finished"], EventLog.Read(files.Events).Select(e => e.Event));
        Assert.Empty(MetricsCsv.Read(files.Metrics));
    }

    private static RunDirectory SiloOf(TemporaryFolder folder, string silo) =>
        new(
            folder.Path,
            Run,
            endpoint: null,
            now => WriterIdentity.OfThisProcess(now, silo, "cluster"),
            TimeProvider.System,
            new CheckpointPlaces(new NoStores(), root: null, isConfined: false)
        );

    private static RunRecord Record(RunStatus status) =>
        new()
        {
            Id = Run,
            Name = "test",
            Status = status,
            Specification = JsonDocument.Parse("{}").RootElement,
            SpecificationSha256 = "",
            Created = DateTimeOffset.UnixEpoch,
        };

    private sealed class NoStores : IObjectStores
    {
        public IObjectStore Open(ObjectStoreAddress address) => throw new NotSupportedException();
    }
}

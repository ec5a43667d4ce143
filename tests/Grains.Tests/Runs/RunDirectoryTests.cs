using MMOrleans.Grains.Checkpoints;
using MMOrleans.Grains.Runs;
using MMOrleans.Runs.Folders;
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

    private sealed class NoStores : IObjectStores
    {
        public IObjectStore Open(ObjectStoreAddress address) => throw new NotSupportedException();
    }
}

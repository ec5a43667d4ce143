using MMOrleans.Client.Commands;
using MMOrleans.Client.Invocations;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.ObjectStores;
using MMOrleans.Runs.Tests.Checkpoints;

namespace MMOrleans.Client.Tests.Commands;

public sealed class CheckpointsCommandTests : IDisposable
{
    private readonly RunsOnDisk _runs = new();

    [Fact]
    public void TheyAreListedNewestFirst()
    {
        var folder = Folder(1, 2);

        CheckpointsCommand.List(_runs.Invocation(), folder);

        var lines = _runs.Output.Split('\n');
        Assert.StartsWith("epoch-0002       2     194", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("epoch-0001       1      97", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void AFlippedByteIsFoundAndTheNextOlderOneOffered()
    {
        var folder = Folder(1, 2);
        Flip(Path.Combine(folder.Checkpoints, "epoch-0002", "model.safetensors"));

        var fault = Assert.Throws<FaultException>(() =>
            CheckpointsCommand.Verify(_runs.Invocation(), folder)
        );

        Assert.Equal("MM5001", fault.Code);
        Assert.Contains("epoch-0002", fault.Message, StringComparison.Ordinal);
        Assert.Contains("model.safetensors: SHA-256 differs", fault.Message, StringComparison.Ordinal);
        Assert.Contains("mm resume r-7f3k9q --from epoch-0001", fault.Fix, StringComparison.Ordinal);
        Assert.Contains("intact", _runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PruneKeepsTheNewestAndTheBest()
    {
        var folder = Folder(1, 2, 3, 4);
        foreach (var epoch in new[] { 1, 2, 3, 4 })
        {
            MetricsCsv.Append(folder.Metrics, RunsOnDisk.Row(epoch).With("accuracy", epoch == 2 ? 0.9 : 0.5));
        }

        await CheckpointsCommand.PruneAsync(
            _runs.Invocation(json: true),
            folder,
            1,
            1,
            damaged: false,
            dryRun: false,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            ["epoch-0001", "epoch-0003"],
            _runs.Json()["removed"]!.AsArray().Select(name => (string?)name)
        );
        Assert.Equal(2, Directory.GetDirectories(folder.Checkpoints).Length);
    }

    [Fact]
    public async Task ADryRunRemovesNothing()
    {
        var folder = Folder(1, 2);

        await CheckpointsCommand.PruneAsync(
            _runs.Invocation(),
            folder,
            1,
            0,
            damaged: false,
            dryRun: true,
            TestContext.Current.CancellationToken
        );

        Assert.Equal("would remove epoch-0001\n", _runs.Output);
        Assert.Equal(2, Directory.GetDirectories(folder.Checkpoints).Length);
    }

    [Fact]
    public async Task ACheckpointThatOnlyTheObjectStoreHasIsBroughtBackWhole()
    {
        var (folder, store) = await StoredAsync();
        Directory.Delete(folder.Checkpoints, recursive: true);

        await FetchAsync(folder, store, null);
        Assert.Equal("epoch-0002", new CheckpointStore(folder.Checkpoints).NewestIntact(out _)?.Name);
        Assert.Contains("fetched from s3://bucket/runs", _runs.Output, StringComparison.Ordinal);
        await FetchAsync(folder, store, "epoch-1");

        Assert.Equal(["epoch-0002", "epoch-0001"], Names(folder));
    }

    [Fact]
    public async Task OneThatIsHereIsNotReplacedAndSaid()
    {
        var (folder, store) = await StoredAsync();

        await FetchAsync(folder, store, null, json: true);

        Assert.False((bool)_runs.Json()["fetched"]!);
        Assert.Equal("epoch-0002", (string?)_runs.Json()["checkpoints"]![0]!["name"]);
    }

    [Fact]
    public async Task DamageInTheStoreIsSaidAndNeverBrought()
    {
        var (folder, store) = await StoredAsync();
        Directory.Delete(folder.Checkpoints, recursive: true);
        var model = store.Objects.Keys.Last(key =>
            key.EndsWith("model.safetensors", StringComparison.Ordinal)
        );
        store.Objects[model][^1] ^= 1;

        await FetchAsync(folder, store, null);
        var fault = await Assert.ThrowsAsync<FaultException>(() => FetchAsync(folder, store, "epoch-2"));

        Assert.Equal(["epoch-0001"], Names(folder));
        Assert.Contains("epoch-0002 is damaged and passed over", _runs.Error, StringComparison.Ordinal);
        Assert.Equal("MM5001", fault.Code);
    }

    [Fact]
    public async Task ARunWithoutAnObjectStoreIsToldSo()
    {
        var folder = Folder(1);

        var fault = await Assert.ThrowsAsync<FaultException>(() => FetchAsync(folder, new(), null));

        Assert.Equal("MM1005", fault.Code);
    }

    public void Dispose() => _runs.Dispose();

    private Task<int> FetchAsync(RunFolder folder, MemoryStore store, string? name, bool json = false) =>
        CheckpointsCommand.FetchAsync(
            _runs.Invocation(json),
            folder,
            name,
            new OneBucket(store),
            TestContext.Current.CancellationToken
        );

    /// <summary>A run of two checkpoints, both in its folder and in a bucket.</summary>
    private async Task<(RunFolder, MemoryStore)> StoredAsync()
    {
        var folder = _runs.Write(
            RunsOnDisk.Record() with
            {
                Settings = new()
                {
                    Name = "stored",
                    Checkpoints = new() { Place = "s3://bucket/runs" },
                },
            }
        );
        var store = new MemoryStore();
        var stored = new StoredCheckpoints(store, new("bucket", "runs"), folder.RunId, folder.Checkpoints);
        foreach (var epoch in new[] { 1, 2 })
            await stored.PublishAsync(
                Path.GetFileName(_runs.Checkpoint(folder, epoch)),
                TestContext.Current.CancellationToken
            );
        return (folder, store);
    }

    private static IEnumerable<string> Names(RunFolder folder) =>
        new CheckpointStore(folder.Checkpoints).List().Select(entry => entry.Name);

    private sealed class OneBucket(MemoryStore store) : IObjectStores
    {
        public IObjectStore Open(ObjectStoreAddress address) =>
            address.Bucket == "bucket" ? store : throw new InvalidOperationException($"{address}");
    }

    private RunFolder Folder(params int[] epochs)
    {
        var folder = _runs.Write(RunsOnDisk.Record());
        foreach (var epoch in epochs)
        {
            _runs.Checkpoint(folder, epoch);
        }

        return folder;
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}

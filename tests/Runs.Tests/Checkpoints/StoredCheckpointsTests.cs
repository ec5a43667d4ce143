using MMOrleans.Runs.Checkpoints;
using Xunit;

namespace MMOrleans.Runs.Tests.Checkpoints;

public sealed class StoredCheckpointsTests : IDisposable
{
    private const string Prefix = "team/r-7f3k9q/";

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryStore _store = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AMachineThatNeverSawTheRunGetsTheNewestStateOfIt()
    {
        await PublishAsync("a", 1);
        await PublishAsync("a", 2);

        Assert.Empty(await On("b").FetchNewestAsync(TestContext.Current.CancellationToken));

        var entry = Store("b").NewestIntact(out _)!;
        Assert.Equal("epoch-0002", entry.Name);
        Assert.Equal(
            SomeCheckpoint.AfterEpoch(2).StateSha256(),
            entry.Load(SomeCheckpoint.Layout).StateSha256()
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)] // all of the content and not the manifest
    public async Task AnUploadThatIsCutAnywhereIsNoCheckpointAndTheNextAttemptIsOne(int writes)
    {
        await PublishAsync("a", 1);
        _store.WritesUntilDeath = writes;
        await Assert.ThrowsAsync<FaultException>(() => PublishAsync("a", 2));
        _store.WritesUntilDeath = null;

        await On("b").FetchNewestAsync(TestContext.Current.CancellationToken);
        Assert.Equal("epoch-0001", Store("b").NewestIntact(out _)!.Name);

        await On("a").PublishAsync("epoch-0002", TestContext.Current.CancellationToken);
        await On("c").FetchNewestAsync(TestContext.Current.CancellationToken);
        Assert.Equal("epoch-0002", Store("c").NewestIntact(out _)!.Name);
    }

    [Fact]
    public async Task TheSameStateTwiceIsOneCheckpoint()
    {
        await PublishAsync("a", 1);
        var before = _store.Objects.Keys.ToList();

        await PublishAsync("b", 1);

        Assert.Equal(before, _store.Objects.Keys);
    }

    [Fact]
    public async Task AnotherStateUnderTheSameNameIsRefusedAndTheFirstStays()
    {
        await PublishAsync("a", 1);

        var fault = await Assert.ThrowsAsync<FaultException>(() => PublishAsync("b", 1, value: 2));

        Assert.Equal("MM4004", fault.Code);
        await On("c").FetchNewestAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            SomeCheckpoint.AfterEpoch(1).StateSha256(),
            Store("c").NewestIntact(out _)!.Manifest!.StateSha256
        );
    }

    [Fact]
    public async Task OfTwoWritersAtOnceTheSecondToWriteItsManifestIsRefused()
    {
        // Both have looked and seen nothing; the other one's manifest comes between this one's content and manifest.
        _store.BeforeManifest = () => PublishAsync("b", 1, value: 2).GetAwaiter().GetResult();

        var fault = await Assert.ThrowsAsync<FaultException>(() => PublishAsync("a", 1));

        Assert.Equal("MM4004", fault.Code);
        await On("c").FetchNewestAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            SomeCheckpoint.AfterEpoch(1, value: 2).StateSha256(),
            Store("c").NewestIntact(out _)!.Manifest!.StateSha256
        );
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("checkpoint.json")]
    public async Task ADamagedObjectIsPassedOverForAnOlderCheckpointAndNamed(string file)
    {
        await PublishAsync("a", 1);
        await PublishAsync("a", 2);
        var key = _store.Objects.Keys.Single(k =>
            k.StartsWith(Prefix + "epoch-0002/", StringComparison.Ordinal)
            && k.EndsWith(file, StringComparison.Ordinal)
        );
        _store.Objects[key][^5] ^= 1;

        var damaged = await On("b").FetchNewestAsync(TestContext.Current.CancellationToken);

        var (name, damage) = Assert.Single(damaged);
        Assert.Equal("epoch-0002", name);
        Assert.Contains(file, damage, StringComparison.Ordinal);
        Assert.Equal(["epoch-0001"], Store("b").List().Select(e => e.Name));
    }

    [Fact]
    public async Task ADamagedOneAskedForByNameIsRefused()
    {
        await PublishAsync("a", 1);
        var key = _store.Objects.Keys.First(k => k.EndsWith("state.json", StringComparison.Ordinal));
        _store.Objects[key][0] ^= 1;

        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            On("b").FetchAsync("epoch-1", TestContext.Current.CancellationToken)
        );

        Assert.Equal("MM5001", fault.Code);
    }

    [Fact]
    public async Task PruningKeepsTheNewestAndRemovesAllOfTheOthers()
    {
        await PublishAsync("a", 1);
        await PublishAsync("a", 2);

        var gone = await PruneAsync(new(1, 0), age: TimeSpan.Zero);

        Assert.Equal(["epoch-0001"], gone);
        Assert.Equal(4, _store.Objects.Count);
        Assert.All(
            _store.Objects.Keys,
            key => Assert.StartsWith(Prefix + "epoch-0002/", key, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ARemovalThatIsCutAnywhereLeavesNothingThatLooksLikeACheckpoint(int deletions)
    {
        await PublishAsync("a", 1);
        await PublishAsync("a", 2);
        _store.DeletionsUntilDeath = deletions;
        await Assert.ThrowsAsync<FaultException>(() => PruneAsync(new(1, 0), TimeSpan.Zero));
        _store.DeletionsUntilDeath = null;

        Assert.Empty(await On("b").FetchNewestAsync(TestContext.Current.CancellationToken));
        await PruneAsync(new(1, 0), TimeSpan.FromHours(2));

        Assert.Equal(4, _store.Objects.Count);
    }

    [Theory]
    [InlineData(0.5, 4 + 2)] // it may still be being written
    [InlineData(2, 4)]
    public async Task WhatADeadWriterLeftGoesAfterAnHour(double hours, int objects)
    {
        await PublishAsync("a", 1);
        _store.WritesUntilDeath = 2;
        await Assert.ThrowsAsync<FaultException>(() => PublishAsync("a", 2));
        _store.WritesUntilDeath = null;

        await PruneAsync(new(1, 0), TimeSpan.FromHours(hours));

        Assert.Equal(objects, _store.Objects.Count);
    }

    private Task<IReadOnlyList<string>> PruneAsync(CheckpointRetention retention, TimeSpan age) =>
        On("a")
            .PruneAsync(
                retention,
                _ => null,
                new ClockAt(_store.Now + age),
                TestContext.Current.CancellationToken
            );

    private Task PublishAsync(string machine, int epoch, float value = 1)
    {
        var receipt = new CheckpointWriter(_folder[machine], machine, 1, TimeProvider.System).Write(
            SomeCheckpoint.AfterEpoch(epoch, value)
        );
        return On(machine).PublishAsync(receipt.Name, TestContext.Current.CancellationToken);
    }

    private StoredCheckpoints On(string machine) =>
        new(_store, new("bucket", "team"), "r-7f3k9q", _folder[machine]);

    private CheckpointStore Store(string machine) => new(_folder[machine]);

    private sealed class ClockAt(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

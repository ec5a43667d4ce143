using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Tests.Transport;

public class VectorInboxTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly VectorInbox _inbox;

    public VectorInboxTests() => _inbox = new("a", most: 10, _clock);

    [Fact]
    public async Task CallMayComeBeforeItsBytesOrAfterThem()
    {
        var before = _inbox.TakeAsync(1);
        Assert.False(before.IsCompleted);
        _inbox.Add(1, Chunk(1));
        _inbox.Add(2, Chunk(2));

        Assert.Equal(1, (await before)!.Bytes[0]);
        Assert.Equal(2, (await _inbox.TakeAsync(2))!.Bytes[0]);
        Assert.Equal(0, _inbox.Bytes);
    }

    [Fact]
    public async Task WhatWasTakenOrPassedByIsNotWaitedFor()
    {
        _inbox.Add(1, Chunk(1));
        _inbox.Add(2, null); // written anew while it was sent
        await _inbox.TakeAsync(1);

        Assert.Null(await _inbox.TakeAsync(1));
        Assert.Null(await _inbox.TakeAsync(2));
    }

    [Fact]
    public async Task OfWhatNobodyAsksForTheOldestIsLetGo()
    {
        var chunks = Enumerable.Range(0, 4).Select(i => Chunk((byte)i)).ToList(); // of 4 bytes, 10 may wait
        for (var i = 0; i < chunks.Count; i++)
            _inbox.Add((ulong)i + 1, chunks[i]);

        Assert.Equal(8, _inbox.Bytes);
        Assert.Throws<ObjectDisposedException>(() => chunks[0].Bytes.Length);
        Assert.Null(await _inbox.TakeAsync(1));
        Assert.NotNull(await _inbox.TakeAsync(4));
    }

    [Fact]
    public async Task WhatNobodyHasAskedForInAWhileIsLetGoWhenTheNextComes()
    {
        _inbox.Add(1, Chunk(1)); // its call was lost
        _clock.Advance(VectorInbox.Age + TimeSpan.FromSeconds(1));
        _inbox.Add(2, Chunk(2));

        Assert.Equal(4, _inbox.Bytes);
        Assert.Null(await _inbox.TakeAsync(1));
    }

    [Fact]
    public async Task BrokenConnectionLeavesNobodyWaiting()
    {
        var awaited = _inbox.TakeAsync(1);
        _inbox.Close();

        Assert.Null(await awaited);
        Assert.Null(await _inbox.TakeAsync(2));
        Assert.True(_inbox.Closed.IsCompletedSuccessfully);
    }

    private static VectorChunk Chunk(byte value)
    {
        var chunk = VectorChunk.Rent(4, out var bytes);
        bytes.Fill(value);
        return chunk;
    }
}

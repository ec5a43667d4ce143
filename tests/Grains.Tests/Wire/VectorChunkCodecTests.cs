using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Tests.Transport;
using Orleans.Serialization;

namespace MMOrleans.Grains.Tests.Wire;

public class VectorChunkCodecTests
{
    private readonly Serializer _serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    [Fact]
    public void ChunkArrivesAsItsBytes() =>
        Assert.Equal([1, 2, 3], Sent(VectorChunk.Borrow(new byte[] { 1, 2, 3 })).Bytes.ToArray());

    [Fact]
    public void ChunkThatIsElsewhereArrivesAsWhere()
    {
        var reference = new ChunkReference(0x8000_0000_0000_0001, 7, 9, 1L << 40, int.MaxValue);

        var sent = Sent(VectorChunk.At(reference));

        Assert.True(sent.IsElsewhere);
        Assert.Equal(reference, sent.Reference);
        Assert.Throws<InvalidOperationException>(() => sent.Bytes.Length);
    }

    [Fact]
    public void WhatWasWrittenAnewIsNotSentInItsPlace()
    {
        var memory = new RewrittenMemory(1);
        var chunk = VectorChunk.Borrow(memory.Memory);
        memory.Renew();

        Assert.Throws<VectorRewrittenException>(() => _serializer.SerializeToArray(chunk));
    }

    private VectorChunk Sent(VectorChunk chunk) =>
        _serializer.Deserialize<VectorChunk>(_serializer.SerializeToArray(chunk))!;
}

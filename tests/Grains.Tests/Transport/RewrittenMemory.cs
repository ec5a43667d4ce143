using System.Buffers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Tests.Transport;

/// <summary>One number that its owner writes anew, if need be as soon as somebody has begun to read it.</summary>
internal sealed class RewrittenMemory(float value) : VersionedMemory
{
    private readonly byte[] _bytes = BitConverter.GetBytes(value);
    private ulong _version = 1;

    /// <summary>Whether it is written anew once it has been read.</summary>
    public bool RenewAfterRead { get; set; }

    public override ulong Version => _version;

    public override void Renew()
    {
        _version++;
        BitConverter.TryWriteBytes(_bytes, float.NaN);
    }

    public override ChunkReference Refer(ulong version, int start, int length) =>
        new(1, 0, version, start, length);

    public override Span<byte> GetSpan()
    {
        if (RenewAfterRead)
        {
            RenewAfterRead = false;
            Renew(); // the reader has the bytes before, or these, or some of each
        }

        return _bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}

using System.Buffers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>Bytes of another process's arena.</summary>
internal sealed unsafe class ForeignMemory(ForeignArena arena, int entry, long offset, int length)
    : VersionedMemory
{
    /// <inheritdoc/>
    public override ulong Version
    {
        get
        {
            Interlocked.MemoryBarrier(); // after the last of the bytes
            return arena.Version(entry);
        }
    }

    /// <inheritdoc/>
    public override void Renew() => throw new NotSupportedException("The memory is another process's.");

    /// <inheritdoc/>
    public override ChunkReference Refer(ulong version, int start, int length) =>
        new(arena.Address.Arena, entry, version, offset + start, length);

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => arena.Bytes(offset, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(arena.At(offset + elementIndex));

    /// <inheritdoc/>
    public override void Unpin() { }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) { }
}

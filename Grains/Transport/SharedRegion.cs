using System.Buffers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Transport;

/// <summary>A region of this process's arena.</summary>
internal sealed unsafe class SharedRegion(Arena arena, int entry, long offset, int length) : VersionedMemory
{
    private ulong _version;

    /// <summary>Which of the arena's versions is its own.</summary>
    public int Entry => entry;

    /// <summary>First byte, from the start of the arena.</summary>
    public long Offset => offset;

    /// <summary>Bytes.</summary>
    public int Length => length;

    /// <inheritdoc/>
    public override ulong Version
    {
        get
        {
            Interlocked.MemoryBarrier(); // after the last of the bytes
            return Volatile.Read(ref _version);
        }
    }

    /// <inheritdoc/>
    public override void Renew()
    {
        Volatile.Write(ref _version, arena.Renew(entry));
        Interlocked.MemoryBarrier(); // before the first of the bytes
    }

    /// <inheritdoc/>
    public override ChunkReference Refer(ulong version, int start, int length) =>
        new(arena.Address.Arena, entry, version, offset + start, length);

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(arena.At(offset), length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(arena.At(offset + elementIndex));

    /// <inheritdoc/>
    public override void Unpin() { }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) { }
}

using System.Buffers;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Bulk numbers on the wire: a stretch of bytes that is copied once into a message and once out of it, or read where it lies.</summary>
/// <remarks>
/// Borrowed chunks are views of memory that is not theirs: the chunk's maker leaves the memory alone until the call is answered, and
/// <see cref="Dispose"/> does nothing. A call that was given up may be read later than that: of <see cref="VersionedMemory"/> it is
/// <see cref="IsIntact"/> that says whether what was read was still what the chunk is of. A chunk decoded from a message is rented: its
/// receiver owns it and disposes it once. Inside a silo the receiver holds the sender's object. Little-endian.
/// </remarks>
[Immutable]
public sealed class VectorChunk : IDisposable
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly VersionedMemory? _source;
    private readonly int _start; // in the source
    private readonly ulong _version;
    private readonly ChunkReference? _elsewhere;
    private readonly bool _isRented;
    private readonly ArrayPool<byte>? _pool; // of what is rented
    private byte[]? _rented;
    private StrongBox<ulong>? _checksum; // of a result that goes out in many messages

    private VectorChunk(
        ReadOnlyMemory<byte> memory,
        byte[]? rented = null,
        VersionedMemory? source = null,
        int start = 0,
        ulong version = 0,
        ArrayPool<byte>? pool = null
    )
    {
        (_memory, _rented, _isRented) = (memory, rented, rented is not null);
        _pool = pool ?? ArrayPool<byte>.Shared;
        (_source, _start, _version) = (source, start, version);
    }

    private VectorChunk(ChunkReference elsewhere) => _elsewhere = elsewhere;

    /// <summary>Bytes.</summary>
    public int Length => _memory.Length;

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">A rented chunk was disposed.</exception>
    /// <exception cref="InvalidOperationException">The chunk says where its bytes are, and has none.</exception>
    public ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>The bytes, for asynchronous reading.</summary>
    /// <exception cref="ObjectDisposedException">A rented chunk was disposed.</exception>
    /// <exception cref="InvalidOperationException">The chunk says where its bytes are, and has none.</exception>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            if (_elsewhere is { } elsewhere)
                throw new InvalidOperationException($"The chunk's bytes are in arena {elsewhere.Arena:x16}.");
            ObjectDisposedException.ThrowIf(_isRented && _rented is null, this);
            return _memory;
        }
    }

    /// <summary>Whether the memory says when it is written anew.</summary>
    public bool IsVersioned => _source is not null;

    /// <summary>Whether all that was read of it until now was what it is of.</summary>
    public bool IsIntact => _source is null || _source.Version == _version;

    /// <summary>How another process of this machine finds the bytes; null where it cannot.</summary>
    public ChunkReference? Reference => _elsewhere ?? _source?.Refer(_version, _start, Length);

    /// <summary>Whether this is only where bytes are; <see cref="Reference"/> says where.</summary>
    public bool IsElsewhere => _elsewhere is not null;

    /// <summary>A view of memory, which stays the caller's.</summary>
    public static VectorChunk Borrow(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetMemoryManager<byte, VersionedMemory>(memory, out var source, out var start, out _)
            ? new(memory, source: source, start: start, version: source.Version)
            : new(memory);

    /// <summary>A version of memory that may have another one by now.</summary>
    public static VectorChunk Of(VersionedMemory source, ulong version)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(source.Memory, source: source, version: version);
    }

    /// <summary>Where bytes are, in place of the bytes.</summary>
    public static VectorChunk At(ChunkReference reference) => new(reference);

    /// <summary>A chunk of its own from the shared pool; fill it, hand it over, and its receiver disposes it.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="writable">The bytes to fill; not cleared.</param>
    public static VectorChunk Rent(int length, out Span<byte> writable)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var array = ArrayPool<byte>.Shared.Rent(length);
        writable = array.AsSpan(0, length);
        return new(array.AsMemory(0, length), array);
    }

    /// <summary>The same from another pool.</summary>
    public static VectorChunk Rent(ArrayPool<byte> pool, int length, out Memory<byte> writable)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var array = pool.Rent(length);
        writable = array.AsMemory(0, length);
        return new(writable, array, pool: pool);
    }

    /// <summary>The bytes for longer than they were lent: this chunk where it is rented, a rented copy of it where it is borrowed.</summary>
    /// <returns>Null when they were written anew before they were copied.</returns>
    public VectorChunk? Keep()
    {
        if (_isRented)
            return this;
        var copy = Rent(Length, out var bytes);
        Bytes.CopyTo(bytes);
        if (IsIntact)
            return copy;
        copy.Dispose();
        return null;
    }

    /// <summary>XXH3-64 of the bytes, computed once.</summary>
    public ulong Checksum()
    {
        if (_checksum is not { } known)
            _checksum = known = new(XxHash3.HashToUInt64(Bytes));
        return known.Value;
    }

    /// <summary>The bytes as numbers.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } array)
            _pool!.Return(array);
    }
}

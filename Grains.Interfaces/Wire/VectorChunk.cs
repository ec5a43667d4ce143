using System.Buffers;
using System.Runtime.InteropServices;

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Bulk numbers on the wire: a stretch of bytes that is copied once into a message and once out of it.</summary>
/// <remarks>
/// Borrowed chunks are views of an array that is not theirs: the chunk's maker leaves the array alone until the call is answered, and
/// <see cref="Dispose"/> does nothing. A chunk decoded from a message is rented: its receiver owns it and disposes it once.
/// Inside a silo the receiver holds the sender's object. Little-endian.
/// </remarks>
[Immutable]
public sealed class VectorChunk : IDisposable
{
    private byte[]? _array;
    private readonly int _offset;
    private readonly bool _rented;

    private VectorChunk(byte[] array, int offset, int length, bool rented)
    {
        _array = array;
        _offset = offset;
        Length = length;
        _rented = rented;
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">A rented chunk was disposed.</exception>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_array is null, this);
            return _array.AsSpan(_offset, Length);
        }
    }

    /// <summary>A view of <paramref name="array"/>, which stays the caller's.</summary>
    public static VectorChunk Borrow(byte[] array, int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, array.Length - offset);
        return new(array, offset, length, rented: false);
    }

    /// <summary>A chunk of its own from the shared pool; fill it, hand it over, and its receiver disposes it.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="writable">The bytes to fill; not cleared.</param>
    public static VectorChunk Rent(int length, out Span<byte> writable)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var array = ArrayPool<byte>.Shared.Rent(length);
        writable = array.AsSpan(0, length);
        return new(array, 0, length, rented: true);
    }

    /// <summary>The bytes for longer than they were lent: this chunk where it is rented, a rented copy of it where it is borrowed.</summary>
    public VectorChunk Keep()
    {
        if (_rented)
            return this;
        var copy = Rent(Length, out var bytes);
        Bytes.CopyTo(bytes);
        return copy;
    }

    /// <summary>The bytes as numbers.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_rented && Interlocked.Exchange(ref _array, null) is { } array)
            ArrayPool<byte>.Shared.Return(array);
    }
}

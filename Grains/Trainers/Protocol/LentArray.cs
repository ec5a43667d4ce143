using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>A vector that calls under way may still read.</summary>
internal sealed class LentArray(Memory<byte> memory)
{
    private readonly VersionedMemory? _versioned = MemoryMarshal.TryGetMemoryManager<byte, VersionedMemory>(
        memory,
        out var versioned
    )
        ? versioned
        : null;
    private int _loans;
    private bool _lost;

    public Memory<byte> Memory => memory;

    public Span<byte> Bytes => memory.Span;

    /// <summary>Whether nobody reads it any more.</summary>
    public bool IsFree => _loans == 0 && !IsLost;

    /// <summary>Whether it never comes back: a call that was given up may be sent later, and what it reads has to be what it was of, unless it can tell.</summary>
    public bool IsLost => _lost && _versioned is null;

    public void Lend() => _loans++;

    /// <param name="answered">Whether the borrower answered; otherwise nothing is known of it.</param>
    public void GiveBack(bool answered)
    {
        _loans--;
        _lost |= !answered;
    }

    /// <summary>It is about to be written anew.</summary>
    public void Renew() => _versioned?.Renew();
}

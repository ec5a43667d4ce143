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

    /// <summary>Whether no call can still read it.</summary>
    public bool IsFree => _loans == 0 && !IsLost;

    /// <summary>Whether it may never be used again: a call that was given up may still be sent, and memory without a version cannot tell that its bytes have changed.</summary>
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

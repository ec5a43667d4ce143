using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers;

/// <summary>A state kept still while another trainer copies it.</summary>
internal sealed class PinnedState(StateCopy copy, UInt128 hash)
{
    private const int LargestStretch = 1 << 20;

    private readonly byte[] _bytes =
    [
        .. MemoryMarshal.AsBytes<float>(copy.Parameters),
        .. MemoryMarshal.AsBytes<float>(copy.Momentum),
        .. MemoryMarshal.AsBytes<float>(copy.Buffers),
    ];

    /// <summary>The stretch asked for, or −1 as the round when it is of another state.</summary>
    public StateAnswer Answer(StateRequest request)
    {
        if (request.Round >= 0 && request.Round != copy.Round)
            return new(-1, default, 0, null);
        var offset = (int)Math.Clamp(request.Offset, 0, _bytes.Length);
        var length = Math.Min(Math.Clamp(request.Length, 0, LargestStretch), _bytes.Length - offset);
        return new(copy.Round, hash, _bytes.Length, VectorChunk.Borrow(_bytes, offset, length));
    }
}

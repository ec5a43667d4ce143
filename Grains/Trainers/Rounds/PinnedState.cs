using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>A state kept still while another trainer copies it.</summary>
internal sealed class PinnedState(StateCopy copy)
{
    private const int LargestStretch = 1 << 20;

    private readonly byte[] _bytes =
    [
        .. MemoryMarshal.AsBytes<float>(copy.Parameters),
        .. MemoryMarshal.AsBytes<float>(copy.Momentum),
        .. MemoryMarshal.AsBytes<float>(copy.Buffers),
    ];

    /// <summary>Completed rounds.</summary>
    public long Round => copy.Round;

    /// <summary>The stretch asked for.</summary>
    public StateAnswer Answer(StateRequest request)
    {
        var offset = (int)Math.Clamp(request.Offset, 0, _bytes.Length);
        var length = Math.Min(Math.Clamp(request.Length, 0, LargestStretch), _bytes.Length - offset);
        return new(
            copy.Round,
            copy.State.Hash,
            _bytes.Length,
            VectorChunk.Borrow(_bytes, offset, length),
            copy.State.Sums,
            copy.State.Position.Closing,
            copy.State.GradientNorm
        );
    }
}

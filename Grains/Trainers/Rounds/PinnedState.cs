using System.Runtime.InteropServices;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Trainers.Protocol;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>A state kept still while other trainers copy it.</summary>
internal sealed class PinnedState
{
    private const int LargestStretch = 1 << 20;

    private readonly TrainerState _state;
    private readonly byte[] _bytes;
    private int _readers;

    /// <param name="copy">Not kept: what is given out is one array, and a state is large.</param>
    public PinnedState(StateCopy copy)
    {
        _state = copy.State;
        _bytes =
        [
            .. MemoryMarshal.AsBytes<float>(copy.Parameters),
            .. MemoryMarshal.AsBytes<float>(copy.Momentum),
            .. MemoryMarshal.AsBytes<float>(copy.Buffers),
        ];
    }

    /// <summary>Completed rounds.</summary>
    public long Round => _state.Position.Round;

    /// <summary>Everybody who began to copy it has been given its end. Who lost that answer begins anew, with a newer state.</summary>
    public bool IsRead => _readers <= 0;

    /// <summary>The stretch asked for.</summary>
    public StateAnswer Answer(StateRequest request)
    {
        var offset = (int)Math.Clamp(request.Offset, 0, _bytes.Length);
        var length = Math.Min(Math.Clamp(request.Length, 0, LargestStretch), _bytes.Length - offset);
        if (offset == 0)
            _readers++;
        if (offset + length == _bytes.Length)
            _readers--;
        return new(
            Round,
            _state.Hash,
            _bytes.Length,
            VectorChunk.Borrow(_bytes.AsMemory(offset, length)),
            _state.Sums,
            _state.Position.Closing,
            _state.GradientNorm
        );
    }
}

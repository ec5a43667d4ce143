using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers;

/// <summary>A completed round's state, aside from the replica.</summary>
/// <param name="Round">Completed rounds.</param>
/// <param name="EpochIsOpen">Whether the epoch's last round is done and its evaluation is not.</param>
/// <param name="Sums">Scalars of the running epoch.</param>
internal sealed record StateCopy(
    long Round,
    bool EpochIsOpen,
    RoundTally Sums,
    float[] Parameters,
    float[] Momentum,
    float[] Buffers
);

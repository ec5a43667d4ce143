using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers;

/// <summary>A completed round's state, aside from the replica.</summary>
/// <remarks>
/// <c>EpochIsOpen</c>: the epoch's last round is done and its evaluation is not. <c>Sums</c>: scalars of the running epoch. <c>GradientNorm</c>: of the
/// round's averaged gradient, a number of the epoch if the round is its last; NaN where there is none.
/// </remarks>
internal sealed record StateCopy(
    long Round,
    bool EpochIsOpen,
    RoundTally Sums,
    double GradientNorm,
    float[] Parameters,
    float[] Momentum,
    float[] Buffers
);

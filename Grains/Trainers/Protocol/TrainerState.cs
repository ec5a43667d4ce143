using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>What is known of a state aside from its numbers. One owner, <see cref="Rounds.StateTransfer"/>, makes a new one; the protocol and every copy carry it.</summary>
/// <param name="Position">Where in the run it stands.</param>
/// <param name="Hash">128-bit hash of the numbers.</param>
/// <param name="Sums">Scalars of the running epoch.</param>
/// <param name="GradientNorm">Of the last round's averaged gradient, a number of the epoch if that round is its last; NaN where there is none.</param>
internal sealed record TrainerState(StatePosition Position, UInt128 Hash, EpochSums Sums, double GradientNorm)
{
    /// <summary>Of a trainer that holds no state yet.</summary>
    public static TrainerState None { get; } = new(default, 0, default, double.NaN);
}

using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Grains.Interfaces.Wire;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>What the protocol asks of the trainer; what comes of it is told to the protocol.</summary>
internal abstract record TrainerAction;

/// <summary>Compute slots from the state held; then <see cref="TrainerProtocol.Computed"/>.</summary>
internal sealed record ComputeSlots(Exchange Exchange, ImmutableArray<int> Slots) : TrainerAction;

/// <summary>Call a segment; then <see cref="TrainerProtocol.Answered"/> or <see cref="TrainerProtocol.Unanswered"/> with the call.</summary>
internal sealed record AskSegment(SegmentCall Call, Contribution Contribution) : TrainerAction;

/// <summary>Apply a round's average to the state held; then <see cref="TrainerProtocol.Applied"/>.</summary>
/// <param name="Round">The round.</param>
/// <param name="Averaged">The whole vector.</param>
/// <param name="Total">Its scalars.</param>
/// <param name="WaitedSeconds">Longest wait for other trainers' slots, s.</param>
internal sealed record ApplyRound(long Round, byte[] Averaged, RoundTally Total, double WaitedSeconds)
    : TrainerAction;

/// <summary>Close the epoch; then <see cref="TrainerProtocol.EpochClosed"/>.</summary>
/// <param name="Counts">What the evaluation counted; null when there was none, or it was missed while copying a state.</param>
/// <param name="Missed">The epoch was closed by others long ago: nothing is to be reported.</param>
internal sealed record CloseEpoch(byte[]? Counts, bool Missed) : TrainerAction;

/// <summary>Ask a trainer for a stretch of its state; then <see cref="TrainerProtocol.Copied"/> or <see cref="TrainerProtocol.NotCopied"/>.</summary>
internal sealed record CopyState(string From, long Round, long Offset, int Length) : TrainerAction;

/// <summary>Take a copied state for one's own; then <see cref="TrainerProtocol.Loaded"/>.</summary>
internal sealed record LoadState(StatePosition Position, RoundTally Sums, double GradientNorm, byte[] Bytes)
    : TrainerAction;

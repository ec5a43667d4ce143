using MMOrleans.Grains.Interfaces.Segments;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>What the protocol asks of the trainer, with all that is needed to do it; what comes of it is told to the protocol.</summary>
internal abstract record TrainerAction;

/// <summary>Call a segment; then <see cref="TrainerProtocol.Answered"/> or <see cref="TrainerProtocol.Unanswered"/> with the call.</summary>
internal sealed record AskSegment(SegmentCall Call, Contribution Contribution) : TrainerAction;

/// <summary>Ask a trainer for a stretch of its state; then <see cref="TrainerProtocol.Copied"/> or <see cref="TrainerProtocol.NotCopied"/>.</summary>
internal sealed record CopyState(string From, long Round, long Offset, int Length) : TrainerAction;

/// <summary>Work on the state held. There is one of these at a time.</summary>
/// <param name="WritingTerm">Term of the lease by which this trainer reports the epochs and writes the checkpoints; null when another does.</param>
internal abstract record StateWork(long? WritingTerm) : TrainerAction;

/// <summary>Compute slots from the state held; then <see cref="TrainerProtocol.Computed"/>.</summary>
/// <param name="Exchange">A round or an evaluation.</param>
/// <param name="Slots">Which.</param>
/// <param name="Arrays">For the contributions: one a slot in a round, none in an evaluation.</param>
/// <param name="WritingTerm">As of every work.</param>
internal sealed record ComputeSlots(
    Exchange Exchange,
    ImmutableArray<int> Slots,
    ImmutableArray<LentArray> Arrays,
    long? WritingTerm
) : StateWork(WritingTerm);

/// <summary>Apply a round's average to the state held; then <see cref="TrainerProtocol.Applied"/>.</summary>
/// <param name="Round">The round.</param>
/// <param name="Averaged">The whole vector.</param>
/// <param name="Total">Its scalars.</param>
/// <param name="WaitedSeconds">Longest wait for other trainers' slots, s.</param>
/// <param name="WritingTerm">As of every work.</param>
internal sealed record ApplyRound(
    long Round,
    ReadOnlyMemory<byte> Averaged,
    EpochSums Total,
    double WaitedSeconds,
    long? WritingTerm
) : StateWork(WritingTerm);

/// <summary>Close the epoch; then <see cref="TrainerProtocol.EpochClosed"/>.</summary>
/// <param name="Counts">What the evaluation counted; null when there was none, or it was missed while copying a state.</param>
/// <param name="Missed">The epoch was closed by others long ago: nothing is to be reported.</param>
/// <param name="WritingTerm">As of every work.</param>
internal sealed record CloseEpoch(ReadOnlyMemory<byte>? Counts, bool Missed, long? WritingTerm)
    : StateWork(WritingTerm);

/// <summary>Take a copied state for one's own; then <see cref="TrainerProtocol.Loaded"/>.</summary>
/// <param name="State">What the trainer that it was copied from said of it.</param>
/// <param name="Bytes">Parameters, momentum and buffers, one after another.</param>
/// <param name="WritingTerm">As of every work.</param>
internal sealed record LoadState(TrainerState State, byte[] Bytes, long? WritingTerm)
    : StateWork(WritingTerm);

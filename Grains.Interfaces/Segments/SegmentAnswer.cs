using System.IO.Hashing;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Interfaces.Segments;

/// <summary>What a segment answers.</summary>
public enum SegmentOutcome
{
    /// <summary>The round is complete; the result is in the answer.</summary>
    Averaged = 0,

    /// <summary>Not complete yet: ask once more.</summary>
    Again = 1,

    /// <summary>This segment lives elsewhere now; the next heartbeat's answer says where.</summary>
    Moved = 2,

    /// <summary>The round is so old that its result is gone: take a state copy.</summary>
    Behind = 3,

    /// <summary>Refused: the trainer's phase is not the round's. Nothing was stored.</summary>
    WrongPhase = 4,

    /// <summary>Contributors started the round from different states; it is not completed. The detail names them.</summary>
    StatesDiffer = 5,

    /// <summary>The same slots, or the same result, came twice with different bytes from one state: a device computed wrong. The round is not completed. The detail names both.</summary>
    BlocksDiffer = 6,

    /// <summary>The contribution says where its bytes are, and they cannot be read here: they are wanted themselves. Nothing was stored.</summary>
    Unmapped = 7,
}

/// <summary>A segment's answer to a contribution.</summary>
/// <param name="Outcome">Which.</param>
/// <param name="Round">The round it is about.</param>
/// <param name="Averaged">The averaged numbers; null unless <see cref="SegmentOutcome.Averaged"/>.</param>
/// <param name="Total">Scalars of the whole round.</param>
/// <param name="Detail">A sentence for the log; empty when all is well.</param>
/// <param name="WaitedSeconds">How long this call waited for the other slots, s.</param>
/// <param name="Newest">The newest round with a result here; −1 before the first.</param>
/// <param name="Checksum">XXH3-64 of <paramref name="Averaged"/>: its array is used again some rounds later, and a message may wait that long. 0 where that is <see cref="VectorChunk.IsVersioned"/>.</param>
/// <param name="Instance">Tells one life of the segment from the next under the same key: the next knows nothing of what the last was given.</param>
[GenerateSerializer, Immutable, Alias("mm.SegmentAnswer")]
public sealed record SegmentAnswer(
    [property: Id(0)] SegmentOutcome Outcome,
    [property: Id(1)] long Round,
    [property: Id(2)] VectorChunk? Averaged,
    [property: Id(3)] EpochSums Total,
    [property: Id(4)] string Detail,
    [property: Id(5)] double WaitedSeconds = 0,
    [property: Id(6)] long Newest = -1,
    [property: Id(7)] ulong Checksum = 0,
    [property: Id(8)] ulong Instance = 0
)
{
    /// <summary>The same for a message, which holds a copy of the numbers.</summary>
    public SegmentAnswer WithChecksum() =>
        Averaged is { IsVersioned: true } averaged ? this with { Checksum = averaged.Checksum() } : this;

    /// <summary>Copies the numbers out, and looks only then whether they are what the segment averaged.</summary>
    /// <remarks>The segment's memory may be written anew while the answer waits to be sent, and at any moment where the answer is read where it lies.</remarks>
    /// <param name="room">As long as <see cref="Averaged"/>.</param>
    /// <returns>False when others have come, or none.</returns>
    public bool TryCopyTo(Span<byte> room)
    {
        if (Averaged is not { } averaged)
            return false;
        averaged.Bytes.CopyTo(room);
        return averaged.IsVersioned ? averaged.IsIntact : XxHash3.HashToUInt64(room) == Checksum;
    }
}

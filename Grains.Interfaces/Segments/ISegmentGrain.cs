namespace MMOrleans.Grains.Interfaces.Segments;

/// <summary>Gathers the blocks of one contiguous range of the contribution vector, finishes the tree, and answers everybody with the same bytes.</summary>
/// <remarks>Key: <c>run/segment/incarnation/silo</c>; pinned to that silo.</remarks>
[Alias("mm.ISegmentGrain")]
public interface ISegmentGrain : IGrainWithStringKey
{
    /// <summary>Adds blocks and waits, at most 10 s, for the round's result.</summary>
    /// <remarks>
    /// Interleaves: the last contribution completes the waiting ones. A block given twice is compared and dropped. Safe to repeat.
    /// </remarks>
    [Alias("Contribute"), AlwaysInterleave, ResponseTimeout("00:00:20")]
    Task<SegmentAnswer> ContributeAsync(
        Contribution contribution,
        CancellationToken cancellationToken = default
    );

    /// <summary>Lets go of everything held; waiting calls are answered <see cref="SegmentOutcome.Moved"/>.</summary>
    [Alias("Close"), AlwaysInterleave]
    Task CloseAsync();
}

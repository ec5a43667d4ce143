using MMOrleans.Runs.Schedules;

namespace MMOrleans.Grains.Interfaces.Segments;

/// <summary>What a segment averages. Carried by every contribution, so that a segment needs no set-up and can be made anew.</summary>
/// <param name="Index">Number of the segment.</param>
/// <param name="Slots">V.</param>
/// <param name="Elements">Numbers in the segment.</param>
/// <param name="ElementBytes">4: float32, divided after the tree. 8: float64, summed only (evaluation).</param>
/// <param name="ByDenominator">The first so many numbers are divided by Σ w, the rest by the images.</param>
/// <param name="FirstDeferredRound">First round of the deferred phase.</param>
/// <param name="FirstMainRound">First round of the method; those before it are pre-training.</param>
/// <param name="IsRelaxed">Whether two devices may compute the same slots to different bits: of two blocks the first counts.</param>
[GenerateSerializer, Immutable, Alias("mm.SegmentShape")]
public readonly record struct SegmentShape(
    [property: Id(0)] int Index,
    [property: Id(1)] int Slots,
    [property: Id(2)] int Elements,
    [property: Id(3)] int ElementBytes,
    [property: Id(4)] int ByDenominator,
    [property: Id(5)] long FirstDeferredRound,
    [property: Id(6)] long FirstMainRound = 0,
    [property: Id(7)] bool IsRelaxed = false
)
{
    /// <summary>Which phase each round is of.</summary>
    public PhaseBounds Phases => new(FirstMainRound, FirstDeferredRound);
}

using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Segments;

/// <summary>How long a segment stays that nobody asks any more.</summary>
/// <remarks>
/// A coordinator closes what it moves. A call that comes late brings a closed one back, empty, and nobody closes that again; nor the ones of a
/// coordinator that died first. One that goes too early is harmless: trainers give a new life of it what the last one had.
/// </remarks>
internal static class SegmentAge
{
    /// <summary>Whether it goes.</summary>
    /// <param name="unasked">Time since the last call.</param>
    /// <param name="newest">Newest round with a result; −1 before the first, as of one that was brought back by mistake.</param>
    /// <param name="liveness">A trainer that hears from nobody stops after <see cref="LivenessOptions.Idle"/>: nobody asks later than that.</param>
    public static bool IsOver(TimeSpan unasked, long newest, LivenessOptions liveness) =>
        // Between two results that are there a slow device may compute for minutes.
        unasked >= liveness.Idle * (newest < 0 ? 2 : 20);
}

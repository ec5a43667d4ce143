using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Coordination;

/// <summary>Where a run's segments live. They stay while they can: moving one costs every trainer its blocks once more.</summary>
internal static class SegmentPlacement
{
    /// <summary>Keys of all segments; those on silos that may not be used are made anew elsewhere.</summary>
    /// <param name="run">The run.</param>
    /// <param name="current">Keys in force; empty before the first lease.</param>
    /// <param name="count">Segments, the one for evaluations included.</param>
    /// <param name="incarnation">Number of the new ones; larger than any before.</param>
    /// <param name="silos">Silos where one may stay.</param>
    /// <param name="fit">Silos where one may be made anew, 1 or more, in a fixed order.</param>
    public static ImmutableArray<string> Place(
        string run,
        ImmutableArray<string> current,
        int count,
        long incarnation,
        IReadOnlyList<string> silos,
        IReadOnlyList<string> fit
    ) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    i < current.Length && silos.Contains(PinnedKey.Silo(current[i]))
                        ? current[i]
                        : PinnedKey.Segment(run, i, incarnation, fit[i % fit.Count])
                ),
        ];
}

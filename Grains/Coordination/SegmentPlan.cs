namespace MMOrleans.Grains.Coordination;

/// <summary>Cuts the contribution vector into segments of at most 1 MiB.</summary>
internal static class SegmentPlan
{
    // Chunks of 256 KB to 1 MB move best over grain calls; a larger message makes small ones wait behind it.
    private const int LargestBytes = 1 << 20;

    /// <summary>Offset and length of every segment, in numbers of float32, as even as can be.</summary>
    public static ImmutableArray<(int Offset, int Elements)> Cut(int elements)
    {
        var segments = Math.Max(1, (int)(((long)elements * sizeof(float) + LargestBytes - 1) / LargestBytes));
        return
        [
            .. Enumerable
                .Range(0, segments)
                .Select(i =>
                {
                    var start = (int)((long)elements * i / segments);
                    var end = (int)((long)elements * (i + 1) / segments);
                    return (start, end - start);
                }),
        ];
    }
}

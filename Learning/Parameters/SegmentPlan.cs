namespace MMOrleans.Learning.Parameters;

/// <summary>Cuts the contribution vector into segments of at most 1 MiB; how many there are changes no result.</summary>
public static class SegmentPlan
{
    // Chunks of 256 KB to 1 MB move best in messages; a larger one makes small ones wait behind it.
    private const int LargestBytes = 1 << 20;

    /// <summary>Offset and length of every segment, in numbers of float32, as even as can be.</summary>
    /// <param name="elements">Numbers in the vector, 0 or more.</param>
    public static IReadOnlyList<(int Offset, int Elements)> Cut(int elements)
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

namespace MMOrleans.Grains.Placement;

/// <summary>Which silo a key of a pinned grain names.</summary>
internal static class PinnedKey
{
    /// <summary>Trainer of a silo: <c>silo/t0</c>.</summary>
    public static string Trainer(string silo, int index) => $"{silo}/t{index}";

    /// <summary>Segment: <c>run/segment/incarnation/silo</c>.</summary>
    public static string Segment(string run, int segment, long incarnation, string silo) =>
        $"{run}/{segment}/{incarnation}/{silo}";

    /// <summary>The silo's name in a trainer's or a segment's key.</summary>
    public static string Silo(string key)
    {
        var parts = key.Split('/');
        return parts.Length switch
        {
            2 => parts[0],
            4 => parts[3],
            _ => throw new ArgumentException(
                $"'{key}' names no silo: a trainer's key is silo/t0, a segment's run/segment/incarnation/silo."
            ),
        };
    }
}

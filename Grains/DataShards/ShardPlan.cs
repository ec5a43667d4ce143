namespace MMOrleans.Grains.DataShards;

/// <summary>Which shard holds a position: shard k of S has positions ⌊k·n/S⌋ … ⌊(k+1)·n/S⌋ − 1.</summary>
internal static class ShardPlan
{
    /// <summary>Shards a split is cut into; how many does not change any result.</summary>
    public const int Shards = 4;

    /// <summary>Key of a shard's grain.</summary>
    public static string Key(string manifestHash, bool train, int shard) =>
        $"{manifestHash}/{(train ? "train" : "test")}/{shard}";

    /// <summary>First position of a shard.</summary>
    public static int Start(int shard, int shards, int positions) => (int)((long)shard * positions / shards);

    /// <summary>The shard of a position.</summary>
    public static int Of(int position, int shards, int positions)
    {
        var shard = (int)((long)position * shards / positions);
        // Rounding down twice may land one shard low.
        while (shard + 1 < shards && Start(shard + 1, shards, positions) <= position)
            shard++;
        return shard;
    }
}

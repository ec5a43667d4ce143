namespace MMOrleans.Learning.Datasets;

/// <summary>Files that hold a split's images together: <c>SPLIT-*.EXTENSION</c>, in ordinal order of their names.</summary>
internal static class Shards
{
    public static bool Any(string folder, string split, string extension) =>
        Directory.Exists(folder) && Find(folder, split, extension).Any();

    /// <exception cref="LearningFault">MM2001: there is none.</exception>
    public static IReadOnlyList<string> Of(string folder, string split, string extension) =>
        Find(folder, split, extension).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } shards
            ? shards
            : throw new LearningFault(
                "MM2001",
                $"{folder} holds no {split}-*.{extension}",
                $"name the shards {split}-000000.{extension}, {split}-000001.{extension} and so on"
            );

    private static IEnumerable<string> Find(string folder, string split, string extension) =>
        Directory.EnumerateFiles(folder, $"{split}-*.{extension}");
}

namespace MMOrleans.Learning.Datasets;

/// <summary>Files that hold a split's images together, in ordinal order of their names.</summary>
/// <remarks>
/// <c>SPLIT-*.EXTENSION</c>, also <c>SPLIT.EXTENSION</c> or with another character after the split, in the data set's folder or in one
/// below it, or files of any name in a folder named by the split; all of a split in one folder.
/// </remarks>
internal static class Shards
{
    /// <summary>Whether a folder holds such files, of whatever split, and not images with an archive beside them.</summary>
    public static bool Any(string folder, string extension)
    {
        if (!Directory.Exists(folder))
            return false;
        var contents = new FolderContents(folder, new());
        var (folders, files) = contents.Of("");
        // Lists name images in folders of any size, which need not be looked through; what lies beside them is where they came from.
        if (files.Exists(file => Path.GetExtension(file) == ".csv" && SplitNames.In(file) is not null))
            return false;
        // The same holds for folders of classes.
        if (folders.Count(name => SplitNames.In(name) is not null && HasClasses(contents, name)) > 1)
            return false;
        var all = All(contents, extension).ToList();
        return all.Exists(shard => SplitOf(shard) is not null)
            || (all.Count > 0 && !folders.Exists(name => SplitNames.In(name) is not null));
    }

    /// <summary>Full paths of the shards of both splits; everything beside them is counted.</summary>
    /// <param name="source">Names the folder and the splits.</param>
    /// <param name="extension">Without a dot.</param>
    /// <param name="tally">Counts what is not taken.</param>
    /// <exception cref="FaultException">MM2001: a split has none. MM2004: they lie in several folders.</exception>
    public static (IReadOnlyList<string> Train, IReadOnlyList<string> Test) Of(
        DatasetSource source,
        string extension,
        InventoryTally tally
    )
    {
        var names = SplitNames.Of(source.Dataset);
        var contents = new FolderContents(source.Path!, tally, source.CancellationToken);
        var all = All(contents, extension, tally).ToList();
        var (train, test) = (Taken(names.Train, names.Test), Taken(names.Test, names.Train));
        foreach (var other in all.Except(train).Except(test))
            tally.Pass($".{extension} files of no split", other);
        return (Full(train), Full(test));

        IReadOnlyList<string> Full(List<string> shards) =>
            [.. shards.Select(shard => Path.GetFullPath(shard, Path.GetFullPath(source.Path!)))];

        List<string> Taken(string split, string other)
        {
            var shards = all.Where(shard => IsOf(shard, split)).Order(StringComparer.Ordinal).ToList();
            // Shards that are not numbered are taken where no others are; train_mini-0 beside train-0 is another split.
            if (shards.Count == 0)
                shards =
                [
                    .. all.Where(shard =>
                            Path.GetFileName(shard).StartsWith($"{split}-", StringComparison.Ordinal)
                            && !IsOf(shard, other)
                        )
                        .Order(StringComparer.Ordinal),
                ];
            // What lies beside them, further down, is a copy or another set; it is counted.
            if (shards.Exists(shard => !shard.Contains('/')))
                shards.RemoveAll(shard => shard.Contains('/'));
            var folders = shards.Select(shard => Path.GetDirectoryName(shard)!).Distinct().ToList();
            if (folders.Count > 1)
                throw new FaultException(
                    "MM2004",
                    $"shards of {split} lie in several folders of {source.Path}, which may hold the same images: {string.Join(", ", folders)}",
                    "give the one of them that is meant in the place of the folder above it"
                );
            if (shards.Count > 0)
                return shards;
            throw new FaultException(
                "MM2001",
                $"{source.Path} holds no {split}-*.{extension}; "
                    + (
                        all.Count == 0
                            ? $"it holds no .{extension} file"
                            : $"there are {string.Join(", ", all.Take(4))}{(all.Count > 4 ? ", …" : "")}"
                    ),
                names.Fix(split, all.Select(SplitOf).OfType<string>())
                    ?? $"name the shards {split}-000000.{extension}, {split}-000001.{extension} and so on"
            );
        }
    }

    private static bool HasClasses(FolderContents contents, string split) =>
        contents.TryOf(split, out var folders, out _) && folders.Count > 0;

    private static bool IsOf(string shard, string split) =>
        SplitNames.Names(Path.GetFileName(shard), split)
        || (Folder(shard) == split && SplitNames.In(Path.GetFileName(shard)) is null);

    private static string? SplitOf(string shard) =>
        SplitNames.In(Path.GetFileName(shard))
        ?? (Folder(shard) is { } folder && SplitNames.In(folder) is not null ? folder : null);

    private static string? Folder(string shard) => Path.GetFileName(Path.GetDirectoryName(shard));

    /// <summary>In the folder, in those directly below, and in folders of splits one further down.</summary>
    private static IEnumerable<string> All(
        FolderContents contents,
        string extension,
        InventoryTally? tally = null
    )
    {
        var (folders, files) = contents.Of("");
        var open = new Queue<string>(folders);
        foreach (var shard in Sorted(files))
            yield return shard;
        while (open.TryDequeue(out var folder))
        {
            if (!contents.TryOf(folder, out var below, out var inside))
                continue; // counted: it is not a split by its name, or its own reader would miss it
            if (!folder.Contains('/'))
                foreach (var next in below.Where(next => SplitNames.In(Path.GetFileName(next)) is not null))
                    open.Enqueue(next);
            // A split that has folders has classes in them, and an archive beside those is not a shard.
            var hasClasses = below.Count > 0 && SplitNames.In(Path.GetFileName(folder)) is not null;
            foreach (var shard in Sorted(inside))
                if (hasClasses)
                    tally?.PassEnding(shard);
                else
                    yield return shard;
        }

        List<string> Sorted(List<string> found)
        {
            var shards = found.FindAll(file =>
                file.EndsWith($".{extension}", StringComparison.OrdinalIgnoreCase)
            );
            foreach (var other in found.Except(shards))
                tally?.PassEnding(other);
            return shards;
        }
    }
}

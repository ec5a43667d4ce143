using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Image files in folders, <c>train/CLASS/FILE</c> and <c>test/CLASS/FILE</c>, or listed by <c>train.csv</c> and <c>test.csv</c>.</summary>
/// <remarks>
/// Classes are the folders in the order of <see cref="ClassOrder"/>, or the lines of <c>classes.txt</c>; files count by class and then
/// in ordinal order of their paths. A list has the columns <c>path</c> (from the data set's folder) and <c>label</c> (a class's name),
/// and counts in its own order.
/// </remarks>
public static class ImageFolder
{
    private const string ClassesFile = "classes.txt";
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        OwnImages.Definition("image-folder", "image folder", IsAt, List, Files);

    /// <summary>Whether a file is an image by its name.</summary>
    public static bool IsImage(string name) =>
        Extensions.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <summary>The endings of image files, as a sentence names them.</summary>
    public static string Endings { get; } = string.Join(", ", Extensions);

    private static ImageListing List(DatasetSource source)
    {
        var tally = new InventoryTally();
        var names = SplitNames.Of(source.Dataset);
        var contents = new FolderContents(source.Path!, tally, source.CancellationToken);
        var (train, test) = Entries(source, names, contents, tally);
        if (train.Count == 0)
            return new([], new([], []), new([], []), tally); // refused, and not as test images of no class
        // Of both splits, so that two spellings of one name are found here and not as a class that is missing.
        ClassOrder.Of(train.Concat(test).Select(entry => entry.Label));
        string[] classes = Listed(source.Path!) ?? [.. ClassOrder.Of(train.Select(entry => entry.Label))];
        return new(
            classes,
            Split(source.Path!, names.Train, train, classes),
            Split(source.Path!, names.Test, test, classes),
            tally
        );
    }

    private static IReadOnlyList<string> Files(DatasetSource source)
    {
        var tally = new InventoryTally();
        var names = SplitNames.Of(source.Dataset);
        var (train, test) = Entries(source, names, new(source.Path!, tally, source.CancellationToken), tally);
        var root = Path.GetFullPath(source.Path!);
        return
        [
            .. new[] { ClassesFile, $"{names.Train}.csv", $"{names.Test}.csv" }
                .Select(name => Path.Combine(root, name))
                .Where(File.Exists),
            .. train.Concat(test).Select(entry => Path.GetFullPath(entry.Path, root)).Distinct(),
        ];
    }

    // Shards may lie in folders of their own, so that what looks like anything else comes first.
    private static bool IsAt(string folder) =>
        Directory.Exists(folder)
        && !Shards.Any(folder, "parquet")
        && !Shards.Any(folder, "tar")
        && new FolderContents(folder, new()).Of("") is var (folders, files)
        && (folders.Count > 0 || files.Any(file => file.EndsWith(".csv", StringComparison.Ordinal)));

    private static (List<(string Path, string Label)> Train, List<(string Path, string Label)> Test) Entries(
        DatasetSource source,
        SplitNames names,
        FolderContents contents,
        InventoryTally tally
    )
    {
        var (folders, files) = contents.Of("");
        string[] lists = [$"{names.Train}.csv", $"{names.Test}.csv"];
        foreach (var file in files.Where(file => file != ClassesFile && !lists.Contains(file)))
            tally.PassEnding(file);
        // Where a list names the files, they lie in folders of any name.
        if (!files.Any(lists.Contains))
            foreach (var folder in folders.Where(folder => folder != names.Train && folder != names.Test))
                tally.Pass($"folders beside {names.Train}/ and {names.Test}/", $"{folder}/");
        return (Of(names.Train), Of(names.Test));

        List<(string Path, string Label)> Of(string split) =>
            files.Contains($"{split}.csv")
                ? ImageList.Read(
                    source.Path!,
                    Path.Combine(source.Path!, $"{split}.csv"),
                    source.Dataset,
                    source.CancellationToken
                )
            : folders.Contains(split) ? InFolders(split, contents, tally)
            : throw NoSplit(source.Path!, names, split, folders, files);
    }

    private static FaultException NoSplit(
        string folder,
        SplitNames names,
        string split,
        List<string> folders,
        List<string> files
    )
    {
        const int Most = 6;
        var lists = files.Where(file => Path.GetExtension(file) == ".csv").ToList();
        List<string> there = [.. folders.Select(name => $"{name}/"), .. lists];
        return new(
            "MM2001",
            $"{folder} holds neither a folder {split} nor {split}.csv; "
                + (
                    there.Count == 0
                        ? "it holds no folder"
                        : $"there are {string.Join(", ", there.Take(Most))}{(there.Count > Most ? ", …" : "")}"
                ),
            names.Fix(
                split,
                folders
                    .Concat(lists.Select(Path.GetFileNameWithoutExtension).OfType<string>())
                    .Where(name => SplitNames.In(name) is not null)
            )
                ?? (
                    folders.Find(name => Directory.Exists(Path.Combine(folder, name, split))) is { } below
                        ? $"give the folder that holds it: {Path.Combine(folder, below)}"
                        : null
                )
                ?? $"put the images into {Path.Combine(folder, split)}/CLASS/FILE, or list them in {split}.csv with the columns path,label"
        );
    }

    private static List<(string Path, string Label)> InFolders(
        string split,
        FolderContents contents,
        InventoryTally tally
    )
    {
        var (folders, loose) = contents.Of(split);
        foreach (var file in loose)
            tally.Pass($"files directly in {split}/", file);
        var entries = new List<(string Path, string Label)>();
        foreach (var label in ClassOrder.Of(folders.Select(folder => folder[(split.Length + 1)..])))
        {
            var before = entries.Count;
            foreach (var file in contents.FilesBelow($"{split}/{label}"))
                if (IsImage(file))
                    entries.Add((file, label));
                else
                    tally.PassEnding(file);
            if (entries.Count == before)
                tally.Pass("class folders without images", $"{split}/{label}/");
        }

        return entries;
    }

    private static string[]? Listed(string folder)
    {
        var listed = Path.Combine(folder, ClassesFile);
        if (!File.Exists(listed))
            return null;
        string[] names =
        [
            .. DatasetText
                .Of(File.ReadAllBytes(listed), ClassesFile)
                .Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.Length > 0),
        ];
        return names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new FaultException(
                "MM2004",
                $"{ClassesFile} names the class '{twice.Key}' {twice.Count()} times",
                $"name each class once in {listed}"
            )
            : names;
    }

    private static ImageSplit Split(
        string folder,
        string split,
        List<(string Path, string Label)> entries,
        string[] classes
    )
    {
        var numbers = classes.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        var labels = new int[entries.Count];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = numbers.TryGetValue(entries[i].Label, out var known)
                ? known
                : throw new FaultException(
                    "MM2004",
                    $"the {split} image {entries[i].Path} is of class '{entries[i].Label}', which is none of the {classes.Length} classes",
                    $"name the class in {ClassesFile}, or give it training images"
                );
        return new(
            labels,
            entries.Select(entry => new EncodedImage(entry.Path, () => Read(folder, entry.Path)))
        );
    }

    private static byte[] Read(string folder, string path)
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, path));
            if (file.LinkTarget is not null)
                file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            // Not opened: a pipe has no length either, and opening it waits for a writer.
            if (file is { Exists: true, Length: 0 })
                return [];
            return file.Exists && file.Length > ImageDecoder.LargestFile
                ? throw new IOException(
                    $"it has {file.Length:N0} bytes, more than the {ImageDecoder.LargestFile:N0} that are read"
                )
                : File.ReadAllBytes(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM2005",
                $"{path} cannot be read: {exception.Message}",
                "restore or remove it, or leave such images out: --set dataset.on_bad_image=skip",
                exception
            );
        }
    }
}

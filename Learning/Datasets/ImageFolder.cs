using Microsoft.VisualBasic.FileIO;

namespace MMOrleans.Learning.Datasets;

/// <summary>Image files in folders, <c>train/CLASS/FILE</c> and <c>test/CLASS/FILE</c>, or listed by <c>train.csv</c> and <c>test.csv</c>.</summary>
/// <remarks>
/// Classes are the folders in ordinal order, or the lines of <c>classes.txt</c>; files count in ordinal order of their paths. A list has
/// the columns <c>path</c> (from the data set's folder) and <c>label</c> (a class's name), and counts in its own order.
/// </remarks>
public static class ImageFolder
{
    private const string ClassesFile = "classes.txt";
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        OwnImages.Definition("image-folder", "image folder", IsAt, List, Files);

    /// <summary>Lists the images.</summary>
    /// <param name="folder">Holds <c>train</c> and <c>test</c>.</param>
    /// <exception cref="LearningFault">MM2001 a split is missing, MM2004 a class or list that does not fit, MM2007 a path that leaves the folder.</exception>
    public static ImageListing List(string folder)
    {
        var (train, test) = (Entries(folder, "train"), Entries(folder, "test"));
        var listed = Path.Combine(folder, ClassesFile);
        string[] classes = File.Exists(listed)
            ? [.. File.ReadLines(listed).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : [.. train.Select(e => e.Label).Distinct().Order(StringComparer.Ordinal)];
        return new(classes, Split(folder, "training", train, classes), Split(folder, "test", test, classes));
    }

    private static IReadOnlyList<string> Files(DatasetSource source) =>
        [
            .. new[] { ClassesFile, "train.csv", "test.csv" }
                .Select(name => Path.Combine(source.Path!, name))
                .Where(File.Exists),
            .. Entries(source.Path!, "train")
                .Concat(Entries(source.Path!, "test"))
                .Select(entry => Path.GetFullPath(entry.Path, Path.GetFullPath(source.Path!)))
                .Distinct(),
        ];

    private static bool IsAt(string folder) => IsSplit(folder, "train") && IsSplit(folder, "test");

    private static bool IsSplit(string folder, string split) =>
        Directory.Exists(Path.Combine(folder, split)) || File.Exists(Path.Combine(folder, $"{split}.csv"));

    private static List<(string Path, string Label)> Entries(string folder, string split)
    {
        var list = Path.Combine(folder, $"{split}.csv");
        if (File.Exists(list))
            return Lines(folder, list);
        var root = Path.Combine(folder, split);
        if (!Directory.Exists(root))
            throw new LearningFault(
                "MM2001",
                $"{folder} holds neither a folder {split} nor {split}.csv",
                $"put the images into {Path.Combine(folder, split)}/CLASS/FILE, or list them in {split}.csv with the columns path,label"
            );
        return
        [
            .. from classFolder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
            from file in Directory
                .EnumerateFiles(classFolder, "*", System.IO.SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Order(StringComparer.Ordinal)
            select (file, Path.GetFileName(classFolder)),
        ];
    }

    private static List<(string Path, string Label)> Lines(string folder, string list)
    {
        using var parser = new TextFieldParser(list)
        {
            Delimiters = [","],
            HasFieldsEnclosedInQuotes = true,
            TrimWhiteSpace = true,
        };
        var name = Path.GetFileName(list);
        var header = Header(parser, list);
        var (path, label) = (header.IndexOf("path"), header.IndexOf("label"));
        if (path < 0 || label < 0)
            throw new LearningFault(
                "MM2004",
                $"{name} begins with '{string.Join(',', header)}', wanted the columns path and label",
                $"make the first line of {list}: path,label"
            );
        var entries = new List<(string, string)>();
        while (!parser.EndOfData)
        {
            var line = parser.LineNumber;
            string[] fields;
            try
            {
                fields = parser.ReadFields() ?? [];
            }
            catch (MalformedLineException)
            {
                throw Wrong("its quotes do not close");
            }

            if (fields.Length != header.Length)
                throw Wrong($"{fields.Length} columns, wanted {header.Length}");
            if (fields[path].Contains('\0'))
                throw Wrong("its path holds a null character");
            var file = Path.GetFullPath(fields[path], folder);
            if (
                !file.StartsWith(
                    Path.GetFullPath(folder) + Path.DirectorySeparatorChar,
                    StringComparison.Ordinal
                )
            )
                throw new LearningFault(
                    "MM2007",
                    $"{name} line {line} names '{fields[path]}', which is outside {folder}",
                    "list files below the data set's folder only"
                );
            entries.Add((fields[path], fields[label]));

            LearningFault Wrong(string why) =>
                new("MM2004", $"{name} line {line} cannot be read: {why}", $"repair that line of {list}");
        }

        return entries;
    }

    private static string[] Header(TextFieldParser parser, string list)
    {
        try
        {
            return parser.ReadFields() ?? [];
        }
        catch (MalformedLineException fault)
        {
            throw new LearningFault(
                "MM2004",
                $"{Path.GetFileName(list)} cannot be read: the quotes of its first line do not close",
                $"make the first line of {list}: path,label",
                fault
            );
        }
    }

    private static ImageSplit Split(
        string folder,
        string split,
        List<(string Path, string Label)> entries,
        string[] classes
    )
    {
        var labels = new int[entries.Count];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = classes.IndexOf(entries[i].Label) is >= 0 and var known
                ? known
                : throw new LearningFault(
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
            return file.Exists && file.Length > ImageDecoder.LargestFile
                ? throw new IOException(
                    $"it has {file.Length:N0} bytes, more than the {ImageDecoder.LargestFile:N0} that are read"
                )
                : File.ReadAllBytes(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LearningFault(
                "MM2005",
                $"{path} cannot be read: {exception.Message}",
                "restore or remove it, or leave such images out: --set dataset.on_bad_image=skip",
                exception
            );
        }
    }
}

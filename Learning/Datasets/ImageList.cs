using Microsoft.VisualBasic.FileIO;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Datasets;

/// <summary>A list of image files with their classes: <c>train.csv</c> and <c>test.csv</c> beside the images.</summary>
internal static class ImageList
{
    /// <summary>Reads a list.</summary>
    /// <param name="folder">The data set's folder, which no path may leave.</param>
    /// <param name="list">The file.</param>
    /// <param name="dataset">Says how its columns are called.</param>
    /// <param name="cancellationToken">Ends it between two lines.</param>
    /// <returns>Path from the folder on and class of every image, in the order of the lines.</returns>
    /// <exception cref="FaultException">MM2004 a line or header that does not fit, a file listed twice; MM2007 a path that leaves the folder.</exception>
    public static List<(string Path, string Label)> Read(
        string folder,
        string list,
        DatasetSpecification dataset,
        CancellationToken cancellationToken
    )
    {
        using var parser = new TextFieldParser(
            new StringReader(DatasetText.Of(File.ReadAllBytes(list), Path.GetFileName(list)))
        )
        {
            Delimiters = [","],
            HasFieldsEnclosedInQuotes = true,
            TrimWhiteSpace = true,
        };
        var name = Path.GetFileName(list);
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var header = Header(parser, list);
        var path = header.IndexOf(
            new ColumnChoice(
                "dataset.columns.image",
                "paths",
                dataset.ImageColumn,
                "path",
                "file_name",
                "filename",
                "filepath",
                "image"
            ).Among(header, name, header)
        );
        var label = header.IndexOf(ColumnChoice.Labels(dataset.LabelColumn).Among(header, name, header));
        var entries = new List<(string, string)>();
        var listed = new Dictionary<string, (long Line, string Label)>(StringComparer.Ordinal);
        while (!parser.EndOfData)
        {
            cancellationToken.ThrowIfCancellationRequested();
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
            if (fields[path].Length == 0)
                throw Wrong("its path is empty");
            if (fields[label].Length == 0)
                throw Wrong($"its {header[label]} is empty");
            if (fields[path].Contains('\0'))
                throw Wrong("its path holds a null character");
            var file = Path.GetFullPath(fields[path], folder);
            if (!file.StartsWith(root, StringComparison.Ordinal))
                throw new FaultException(
                    "MM2007",
                    $"{name} line {line} names '{fields[path]}', which is outside {folder}",
                    "list files below the data set's folder only"
                );
            // An image that counts twice changes the class counts, and with them margins and weights.
            if (!listed.TryAdd(file, (line, fields[label])))
                throw new FaultException(
                    "MM2004",
                    listed[file].Label == fields[label]
                        ? $"{name} lists '{fields[path]}' twice, in lines {listed[file].Line} and {line}, so that it would count as two images"
                        : $"{name} lists '{fields[path]}' as '{listed[file].Label}' in line {listed[file].Line} and as '{fields[label]}' in line {line}",
                    $"keep one line for each file; to draw rare classes more often choose a sampler: --set method.sampler=inverse"
                );
            entries.Add((fields[path], fields[label]));

            FaultException Wrong(string why) =>
                new("MM2004", $"{name} line {line} cannot be read: {why}", $"repair that line of {list}");
        }

        return entries;
    }

    private static string[] Header(TextFieldParser parser, string list)
    {
        string why;
        Exception? inner = null;
        try
        {
            var header = parser.ReadFields() ?? [];
            if (header.Length > 1)
                return header;
            why = header is [var one] ? $"its first line, '{one}', has no comma" : "it is empty";
        }
        catch (MalformedLineException fault)
        {
            (why, inner) = ("the quotes of its first line do not close", fault);
        }

        throw new FaultException(
            "MM2004",
            $"{Path.GetFileName(list)} cannot be read: {why}",
            $"make the first line of {list}: path,label",
            inner
        );
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace MMOrleans.Learning.Datasets;

/// <summary>Encoded images in Parquet files as Hugging Face publishes them: <c>train-*.parquet</c> and <c>test-*.parquet</c>.</summary>
/// <remarks>
/// Columns <c>image.bytes</c> or <c>img.bytes</c>, and <c>label</c>: a whole number, whose names are taken from the file's metadata where
/// they are there, or a name. Files count in ordinal order of their names, images in the order of the rows; a row group is held at a time.
/// </remarks>
public static class ParquetImages
{
    private static readonly string[] ImageColumns = ["image/bytes", "img/bytes"];
    private const string LabelColumn = "label";

    /// <summary>Rows of a row group, whose list is held in memory: a few bytes may claim any number of them.</summary>
    private const long MostRows = 1 << 22;

    // Unpacked, and held at a time.
    private const long LargestGroup = 1L << 31;

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        OwnImages.Definition("parquet", "Parquet files", IsAt, List, Files);

    /// <summary>Lists the images.</summary>
    /// <param name="folder">Holds the files.</param>
    /// <exception cref="LearningFault">MM2001 no file of a split, MM2004 a file without these columns or that cannot be read.</exception>
    public static ImageListing List(string folder)
    {
        var (train, test) = (Shards.Of(folder, "train", "parquet"), Shards.Of(folder, "test", "parquet"));
        string[] trainLabels = [.. train.SelectMany(file => Read(file, LabelsAsync))];
        string[] testLabels = [.. test.SelectMany(file => Read(file, LabelsAsync))];
        var classes = LabelNames.Of([.. trainLabels, .. testLabels], Read(train[0], NamesAsync));
        return new(
            classes.Names,
            new(classes.Number(trainLabels), Images(train)),
            new(classes.Number(testLabels), Images(test))
        );
    }

    private static IReadOnlyList<string> Files(DatasetSource source) =>
        [.. Shards.Of(source.Path!, "train", "parquet"), .. Shards.Of(source.Path!, "test", "parquet")];

    private static bool IsAt(string folder) =>
        Shards.Any(folder, "train", "parquet") && Shards.Any(folder, "test", "parquet");

    private static IEnumerable<EncodedImage> Images(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            var groups = Read(file, (reader, _) => Task.FromResult(reader.RowGroupCount));
            for (var group = 0; group < groups; group++)
            {
                var number = group;
                var images = Read(file, (reader, _) => ImagesAsync(reader, file, number));
                for (var row = 0; row < images.Length; row++)
                {
                    var image = images[row];
                    yield return new(
                        $"{Path.GetFileName(file)} row {row} of group {group}",
                        () => image ?? []
                    );
                }
            }
        }
    }

    private static async Task<byte[]?[]> ImagesAsync(ParquetReader reader, string file, int number)
    {
        var column = Column(reader, file, ImageColumns);
        using var group = reader.OpenRowGroupReader(number);
        CheckGroup(reader, file, number, column);
        using var read = await group.ReadRawColumnDataBaseAsync(column);
        if (read is not RawColumnData<ReadOnlyMemory<byte>> raw)
            throw Malformed(file, $"its column {Shown(column.Path.ToString())} does not hold bytes");
        var images = new byte[]?[group.RowCount];
        // Inside a structure the values that are there come without gaps, and the levels say where the gaps are.
        var levels = column.MaxDefinitionLevel == 0 ? [] : raw.DefinitionLevels;
        var (next, bytes) = (0, 0L);
        for (var row = 0; row < images.Length; row++)
        {
            if (!levels.IsEmpty && levels[row] != column.MaxDefinitionLevel)
                continue;
            var image = raw.Values[next++];
            // One image of a dictionary may stand for every row.
            if ((bytes += image.Length) > LargestGroup)
                throw Malformed(file, $"row group {number} has images of more than {LargestGroup:N0} bytes");
            images[row] = image.ToArray();
        }

        return images;
    }

    private static async Task<IReadOnlyList<string>> LabelsAsync(ParquetReader reader, string file)
    {
        Column(reader, file, ImageColumns);
        var column = Column(reader, file, [LabelColumn]);
        var labels = new List<string>();
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            CheckGroup(reader, file, i, column);
            var read = column.ClrType switch
            {
                var type when type == typeof(long) => await NumbersAsync<long>(group, column),
                var type when type == typeof(int) => await NumbersAsync<int>(group, column),
                var type when type == typeof(short) => await NumbersAsync<short>(group, column),
                var type when type == typeof(byte) => await NumbersAsync<byte>(group, column),
                var type when type == typeof(string) => await TextsAsync(group, column),
                var type => throw Malformed(
                    file,
                    $"its column {LabelColumn} is of {type.Name}, wanted whole numbers or text"
                ),
            };
            for (var row = 0; row < read.Length; row++)
                labels.Add(read[row] ?? throw Malformed(file, $"row {row} of group {i} has no label"));
        }

        return labels;
    }

    private static async Task<string?[]> NumbersAsync<T>(ParquetRowGroupReader group, DataField column)
        where T : struct, IFormattable
    {
        if (column.IsNullable)
        {
            var some = new T?[group.RowCount];
            await group.ReadAsync(column, some.AsMemory());
            return [.. some.Select(n => n?.ToString(null, CultureInfo.InvariantCulture))];
        }

        var all = new T[group.RowCount];
        await group.ReadAsync(column, all.AsMemory());
        return [.. all.Select(n => n.ToString(null, CultureInfo.InvariantCulture))];
    }

    private static async Task<string?[]> TextsAsync(ParquetRowGroupReader group, DataField column)
    {
        var texts = new string?[group.RowCount];
        await group.ReadAsync(column, texts.AsMemory()!);
        return texts;
    }

    /// <summary>Names of the classes as Hugging Face's metadata has them: <c>info.features.label.names</c>.</summary>
    private static Task<string[]?> NamesAsync(ParquetReader reader, string file)
    {
        string[]? names = null;
        if (reader.CustomMetadata.TryGetValue("huggingface", out var json))
            try
            {
                names = JsonNode
                    .Parse(json)
                    ?["info"]?["features"]?[LabelColumn]?["names"]?.AsArray()
                    .Select(name => (string?)name ?? "")
                    .ToArray();
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw Malformed(
                    file,
                    "its metadata 'huggingface' is no JSON with info.features.label.names",
                    exception
                );
            }

        return Task.FromResult(names);
    }

    /// <summary>Looks at what a row group claims of a column, before it is read.</summary>
    private static void CheckGroup(ParquetReader reader, string file, int number, DataField column)
    {
        var group = reader.Metadata!.RowGroups[number];
        if (group.NumRows is < 0 or > MostRows)
            throw Malformed(
                file,
                $"a row group claims {group.NumRows:N0} rows, at most {MostRows:N0} are read"
            );
        using var stream = File.OpenRead(file);
        foreach (var chunk in group.Columns)
            if (chunk.MetaData is { } data && string.Join('/', data.PathInSchema) == column.Path.ToString())
                ParquetLayout.CheckPages(
                    stream,
                    data.DictionaryPageOffset is > 0 and var first && first < data.DataPageOffset
                        ? first
                        : data.DataPageOffset,
                    data.TotalCompressedSize
                );
    }

    private static DataField Column(ParquetReader reader, string file, string[] names) =>
        reader.Schema.DataFields.FirstOrDefault(field => names.Contains(field.Path.ToString()))
        ?? throw Malformed(
            file,
            $"it has the columns {string.Join(", ", reader.Schema.DataFields.Select(f => Shown(f.Path.ToString())))}, wanted {string.Join(" or ", names.Select(Shown))}"
        );

    private static string Shown(string path) => path.Replace('/', '.');

    // The library reads asynchronously only, and a data set is opened where nothing else is to be done.
    private static T Read<T>(string file, Func<ParquetReader, string, Task<T>> read) =>
        Task.Run(async () =>
            {
                try
                {
                    await using (var stream = File.OpenRead(file))
                        ParquetLayout.CheckFooter(stream);
                    await using var reader = await ParquetReader.CreateAsync(file);
                    return await read(reader, file);
                }
                catch (Exception exception) when (exception is not (LearningFault or OutOfMemoryException))
                {
                    // The library believes what it decodes: damage shows as whatever goes wrong first.
                    throw Malformed(file, exception.Message, exception);
                }
            })
            .GetAwaiter()
            .GetResult();

    private static LearningFault Malformed(string file, string why, Exception? inner = null) =>
        new(
            "MM2004",
            $"{Path.GetFileName(file)} cannot be read: {why}",
            "write the file anew, with the columns image.bytes and label",
            inner
        );
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Data;
using Parquet.Meta;
using Parquet.Schema;

namespace MMOrleans.Learning.Datasets;

/// <summary>Encoded images in Parquet files as Hugging Face publishes them: <c>train-*.parquet</c> and <c>test-*.parquet</c>.</summary>
/// <remarks>
/// Columns <c>image.bytes</c> or <c>image</c>, and <c>label</c>, or as <c>dataset.columns</c> names them: a whole number, whose names are
/// taken from the file's metadata where they are there, or a name. Files count in ordinal order of their names, images in the order of the rows; a row group is held at a time.
/// </remarks>
public static class ParquetImages
{
    /// <summary>Rows of a row group, whose list is held in memory: a few bytes may claim any number of them.</summary>
    private const long MostRows = 1 << 22;

    // Unpacked, and held at a time.
    private const long LargestGroup = 1L << 31;

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        OwnImages.Definition("parquet", "Parquet files", IsAt, List, Files);

    private static ImageListing List(DatasetSource source)
    {
        var tally = new InventoryTally();
        var files = Shards.Of(source, "parquet", tally);
        ShardCopies.Refuse(files.Train, source.CancellationToken);
        ShardCopies.Refuse(files.Test, source.CancellationToken);
        var (train, test) = (Labels(files.Train), Labels(files.Test));
        var classes = LabelNames.Of([.. train, .. test], Read(files.Train[0], source, NamesAsync));
        return new(
            classes.Names,
            new(classes.Number(train), Images(files.Train, train, source)),
            new(classes.Number(test), Images(files.Test, test, source)),
            tally
        );

        string?[] Labels(IEnumerable<string> shards) =>
            [.. shards.SelectMany(file => Read(file, source, LabelsAsync))];
    }

    private static IReadOnlyList<string> Files(DatasetSource source) =>
        Shards.Of(source, "parquet", new()) is var (train, test) ? [.. train, .. test] : [];

    private static bool IsAt(string folder) => Shards.Any(folder, "parquet");

    private static IEnumerable<EncodedImage> Images(
        IReadOnlyList<string> files,
        string?[] labels,
        DatasetSource source
    )
    {
        var next = 0;
        foreach (var file in files)
        {
            var groups = Read(file, source, (open, _) => Task.FromResult(open.Reader.RowGroupCount));
            for (var group = 0; group < groups; group++)
            {
                source.CancellationToken.ThrowIfCancellationRequested();
                var number = group;
                var images = Read(file, source, (open, _) => ImagesAsync(open, number));
                for (var row = 0; row < images.Length; row++)
                {
                    var image = images[row];
                    var name = $"{Path.GetFileName(file)} row {row} of group {group}";
                    yield return labels[next++] is null
                        ? EncodedImage.Unreadable(name, "it has no label, so that its class is unknown")
                    : image is null ? EncodedImage.Unreadable(name, "it holds no image")
                    : new(name, () => image);
                }
            }
        }
    }

    private static async Task<byte[]?[]> ImagesAsync(OpenFile open, int number)
    {
        var (reader, file, column) = (open.Reader, open.File, open.Columns.Image);
        using var group = reader.OpenRowGroupReader(number);
        CheckGroup(reader, file, number, column);
        using var read = await group.ReadRawColumnDataBaseAsync(column);
        if (read is not RawColumnData<ReadOnlyMemory<byte>> raw)
            throw Malformed(file, $"its column {ParquetColumns.Shown(column)} does not hold bytes");
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

    private static async Task<IReadOnlyList<string?>> LabelsAsync(
        OpenFile open,
        CancellationToken cancellationToken
    )
    {
        var labels = new List<string?>();
        var isEmpty = ParquetColumns.HasPaths(open.Reader.Schema, open.Columns.Image);
        for (var i = 0; i < open.Reader.RowGroupCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var group = open.Reader.OpenRowGroupReader(i);
            CheckGroup(open.Reader, open.File, i, open.Columns.Label);
            labels.AddRange(await open.Columns.LabelsAsync(group));
            isEmpty = isEmpty && await IsEmptyAsync(open, group, i);
        }

        return isEmpty && labels.Count > 0
            ? throw ParquetColumns.OnlyPaths(
                Path.GetFileName(open.File),
                ParquetColumns.Shown(open.Columns.Image).Replace(".bytes", ".path", StringComparison.Ordinal)
            )
            : labels;
    }

    /// <summary>Whether no row of a group holds an image; asked where there are paths beside the bytes.</summary>
    private static async Task<bool> IsEmptyAsync(OpenFile open, ParquetRowGroupReader group, int number)
    {
        // Images are not read twice for it: a column without any takes next to nothing.
        const int SmallestImage = 20;
        if (
            Chunks(open.Reader, number, open.Columns.Image)
                .Any(chunk => chunk.TotalUncompressedSize > 1024 + (SmallestImage * group.RowCount))
        )
            return false;
        var images = await ImagesAsync(open, number);
        return images.All(image => image is null or []);
    }

    /// <summary>Names of the classes as Hugging Face's metadata has them: <c>info.features.LABEL.names</c>.</summary>
    private static Task<string[]?> NamesAsync(OpenFile open, CancellationToken cancellationToken)
    {
        string[]? names = null;
        if (open.Reader.CustomMetadata.TryGetValue("huggingface", out var json))
            try
            {
                names = JsonNode
                    .Parse(json)
                    ?["info"]?["features"]?[open.Columns.LabelName]?["names"]?.AsArray()
                    .Select(name => (string?)name ?? "")
                    .ToArray();
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw Malformed(
                    open.File,
                    "its metadata 'huggingface' is not JSON with info.features.LABEL.names",
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
        foreach (var data in Chunks(reader, number, column))
            ParquetLayout.CheckPages(
                stream,
                data.DictionaryPageOffset is > 0 and var first && first < data.DataPageOffset
                    ? first
                    : data.DataPageOffset,
                data.TotalCompressedSize
            );
    }

    private static IEnumerable<ColumnMetaData> Chunks(ParquetReader reader, int number, DataField column) =>
        reader
            .Metadata!.RowGroups[number]
            .Columns.Select(chunk => chunk.MetaData)
            .OfType<ColumnMetaData>()
            .Where(data => string.Join('/', data.PathInSchema) == column.Path.ToString());

    // The library reads asynchronously only, and a data set is opened where nothing else is to be done.
    private static T Read<T>(
        string file,
        DatasetSource source,
        Func<OpenFile, CancellationToken, Task<T>> read
    ) =>
        Task.Run(async () =>
            {
                try
                {
                    await using (var stream = File.OpenRead(file))
                        ParquetLayout.CheckFooter(stream);
                    await using var reader = await ParquetReader.CreateAsync(file);
                    var columns = ParquetColumns.Of(reader.Schema, source.Dataset, Path.GetFileName(file));
                    return await read(new(reader, file, columns), source.CancellationToken);
                }
                catch (Exception exception)
                    when (exception
                            is not (FaultException or OutOfMemoryException or OperationCanceledException)
                    )
                {
                    // The library believes what it decodes: damage shows as whatever goes wrong first.
                    throw Malformed(file, exception.Message, exception);
                }
            })
            .GetAwaiter()
            .GetResult();

    private static FaultException Malformed(string file, string why, Exception? inner = null) =>
        new(
            "MM2004",
            $"{Path.GetFileName(file)} cannot be read: {why}",
            "write the file anew, with the columns image.bytes and label",
            inner
        );

    private sealed record OpenFile(ParquetReader Reader, string File, ParquetColumns Columns);
}

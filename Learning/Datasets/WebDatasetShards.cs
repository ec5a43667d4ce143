using System.Formats.Tar;
using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Images in tar shards as WebDataset writes them: <c>KEY.jpg</c> beside <c>KEY.cls</c>, in <c>train-*.tar</c> and <c>test-*.tar</c>.</summary>
/// <remarks>
/// Shards count in ordinal order of their names, images in the order of the shard. A <c>.cls</c> file holds the class as a number from 0,
/// or everywhere as a name; names count in ordinal order. Nothing is unpacked to disk.
/// </remarks>
public static class WebDatasetShards
{
    private static readonly string[] Extensions = ["jpg", "jpeg", "png", "webp", "bmp"];

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        OwnImages.Definition("webdataset", "WebDataset shards", IsAt, List, Files);

    /// <summary>Lists the images.</summary>
    /// <param name="folder">Holds the shards.</param>
    /// <exception cref="LearningFault">MM2001 no shard of a split, MM2004 an image without a class or a shard that cannot be read.</exception>
    public static ImageListing List(string folder)
    {
        var (train, test) = (Shards.Of(folder, "train", "tar"), Shards.Of(folder, "test", "tar"));
        var (trainLabels, testLabels) = (Labels(train), Labels(test));
        var classes = LabelNames.Of([.. trainLabels, .. testLabels]);
        return new(
            classes.Names,
            new(classes.Number(trainLabels), Images(train)),
            new(classes.Number(testLabels), Images(test))
        );
    }

    private static IReadOnlyList<string> Files(DatasetSource source) =>
        [.. Shards.Of(source.Path!, "train", "tar"), .. Shards.Of(source.Path!, "test", "tar")];

    private static bool IsAt(string folder) =>
        Shards.Any(folder, "train", "tar") && Shards.Any(folder, "test", "tar");

    private static List<string> Labels(IEnumerable<string> shards)
    {
        var labels = new List<string>();
        foreach (var shard in shards)
        {
            var (images, classes) = (new List<string>(), new Dictionary<string, string>());
            foreach (var (key, extension, entry) in Entries(shard))
                if (extension == "cls")
                    classes[key] = Encoding.UTF8.GetString(Contents(shard, entry).Span).Trim();
                else if (Extensions.Contains(extension))
                    images.Add(key);
            foreach (var key in images)
                labels.Add(
                    classes.GetValueOrDefault(key)
                        ?? throw new LearningFault(
                            "MM2004",
                            $"{Path.GetFileName(shard)} has the image {key} without {key}.cls, so that its class is unknown",
                            "write the shard anew with the class beside each image"
                        )
                );
        }

        return labels;
    }

    private static IEnumerable<EncodedImage> Images(IEnumerable<string> shards) =>
        from shard in shards
        from file in Entries(shard)
        where Extensions.Contains(file.Extension)
        let contents = Contents(shard, file.Entry)
        select new EncodedImage($"{Path.GetFileName(shard)}/{file.Key}.{file.Extension}", () => contents);

    /// <summary>Files of a shard: up to the first dot of a name is its key.</summary>
    private static IEnumerable<(string Key, string Extension, TarEntry Entry)> Entries(string shard)
    {
        using var stream = File.OpenRead(shard);
        Guarded(
            shard,
            () =>
            {
                TarLayout.Check(stream, long.MaxValue);
                return true;
            }
        );
        using var reader = new TarReader(stream);
        while (Guarded(shard, () => reader.GetNextEntry()) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            var slash = entry.Name.LastIndexOf('/');
            var dot = entry.Name.IndexOf('.', slash + 1);
            if (dot > 0)
                yield return (entry.Name[..dot], entry.Name[(dot + 1)..].ToLowerInvariant(), entry);
        }
    }

    private static T Guarded<T>(string shard, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception
                    is InvalidDataException
                        or IOException
                        or FormatException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new LearningFault(
                "MM2004",
                $"{Path.GetFileName(shard)} cannot be read as a tar archive: {exception.Message}",
                "copy or write the shard anew",
                exception
            );
        }
    }

    private static ReadOnlyMemory<byte> Contents(string shard, TarEntry entry) =>
        Guarded(
            shard,
            () =>
            {
                using var contents = new MemoryStream();
                entry.DataStream?.CopyTo(contents);
                return contents.GetBuffer().AsMemory(0, (int)contents.Length);
            }
        );
}

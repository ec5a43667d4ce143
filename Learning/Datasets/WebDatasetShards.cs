namespace MMOrleans.Learning.Datasets;

/// <summary>Images in tar shards as WebDataset writes them: <c>KEY.jpg</c> beside <c>KEY.cls</c>, in <c>train-*.tar</c> and <c>test-*.tar</c>.</summary>
/// <remarks>
/// Shards count in ordinal order of their names, images in the order of the shard. A <c>.cls</c> file holds the class as a number from 0,
/// or everywhere as a name; names count in the order of <see cref="ClassOrder"/>. Nothing is unpacked to disk.
/// </remarks>
public static class WebDatasetShards
{
    // A class's name has some bytes; more would be read into memory for nothing.
    private const int LargestClass = 1 << 16;

    /// <summary>Its line in the catalogue of data sets.</summary>
    public static DatasetDefinition Definition { get; } =
        OwnImages.Definition("webdataset", "WebDataset shards", IsAt, List, Files);

    private static ImageListing List(DatasetSource source)
    {
        var tally = new InventoryTally();
        var shards = Shards.Of(source, "tar", tally);
        var (train, test) = (
            Samples(shards.Train, tally, source.CancellationToken),
            Samples(shards.Test, tally, source.CancellationToken)
        );
        string[] trainLabels = [.. train.Select(sample => sample.Label)];
        string[] testLabels = [.. test.Select(sample => sample.Label)];
        var classes = LabelNames.Of([.. trainLabels, .. testLabels]);
        return new(
            classes.Names,
            new(classes.Number(trainLabels), Images(train)),
            new(classes.Number(testLabels), Images(test)),
            tally
        );
    }

    private static IReadOnlyList<string> Files(DatasetSource source) =>
        Shards.Of(source, "tar", new()) is var (train, test) ? [.. train, .. test] : [];

    private static bool IsAt(string folder) => Shards.Any(folder, "tar");

    private static List<Sample> Samples(
        IReadOnlyList<string> shards,
        InventoryTally tally,
        CancellationToken cancellationToken
    )
    {
        var samples = new List<Sample>();
        ShardCopies.Refuse(shards, cancellationToken);
        foreach (var shard in shards)
        {
            var name = Path.GetFileName(shard);
            Guarded(
                shard,
                () =>
                {
                    using var stream = File.OpenRead(shard);
                    var members = TarMembers
                        .Of(stream)
                        .TakeWhile(_ => !cancellationToken.IsCancellationRequested)
                        .ToList();
                    cancellationToken.ThrowIfCancellationRequested();
                    foreach (var (image, @class) in ShardPairs.Of(name, members, tally))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        samples.Add(new(shard, image, Label(stream, name, @class)));
                    }

                    return true;
                }
            );
        }

        return samples;
    }

    private static string Label(FileStream stream, string shard, TarMember @class)
    {
        if (@class.Length > LargestClass)
            throw new FaultException(
                "MM2004",
                $"{shard} holds {@class.Name} of {@class.Length:N0} bytes, which is not a class",
                "write the shard anew with the class's number or name in it"
            );
        var label = DatasetText.Of(TarMembers.Read(stream, @class), $"{shard}/{@class.Name}").Trim();
        return label.Length > 0
            ? label
            : throw new FaultException(
                "MM2004",
                $"{shard} holds {@class.Name}, which is empty, so that the class of its image is unknown",
                "write the shard anew with the class's number or name in it"
            );
    }

    private static IEnumerable<EncodedImage> Images(List<Sample> samples)
    {
        FileStream? stream = null;
        try
        {
            foreach (var sample in samples)
            {
                var name = $"{Path.GetFileName(sample.Shard)}/{sample.Image.Name}";
                if (sample.Image.Length > ImageDecoder.LargestFile)
                {
                    yield return EncodedImage.Unreadable(
                        name,
                        $"it has {sample.Image.Length:N0} bytes, more than the {ImageDecoder.LargestFile:N0} that are read"
                    );
                    continue;
                }

                var contents = Guarded(
                    sample.Shard,
                    () =>
                    {
                        if (stream?.Name != sample.Shard)
                        {
                            stream?.Dispose();
                            stream = File.OpenRead(sample.Shard);
                        }

                        return TarMembers.Read(stream, sample.Image);
                    }
                );
                yield return new(name, () => contents);
            }
        }
        finally
        {
            stream?.Dispose();
        }
    }

    private static T Guarded<T>(string shard, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM2004",
                $"{Path.GetFileName(shard)} cannot be read as a tar archive: {exception.Message}",
                "copy or write the shard anew",
                exception
            );
        }
    }

    private sealed record Sample(string Shard, TarMember Image, string Label);
}

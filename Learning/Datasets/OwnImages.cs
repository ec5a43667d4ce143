using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Learning.Datasets;

/// <summary>Images that users bring themselves: whatever files they come in, they end as the same bytes.</summary>
/// <remarks>
/// The identity of such a data set is a hash of its class names, labels and decoded pixels, so that it does not matter where or in
/// which format the images lie, and a machine that decodes otherwise is refused.
/// </remarks>
public static class OwnImages
{
    /// <summary>Classes that a label can name.</summary>
    public const int MostClasses = 256;

    /// <summary>Red, green and blue in [0, 1] of ImageNet's images, which a user's photographs are normalised by unless told otherwise.</summary>
    public static IReadOnlyList<double> Mean { get; } = [0.485, 0.456, 0.406];

    /// <summary>Of the same images.</summary>
    public static IReadOnlyList<double> StandardDeviation { get; } = [0.229, 0.224, 0.225];

    /// <summary>Images decoded at the same time.</summary>
    private const int Chunk = 256;

    /// <summary>A format's line in the catalogue of data sets.</summary>
    /// <param name="name">As in <c>dataset.name</c>.</param>
    /// <param name="title">For people.</param>
    /// <param name="isAt">Whether a folder looks like it.</param>
    /// <param name="list">Lists a folder's images.</param>
    /// <param name="files">Lists the files that the listing depends on.</param>
    internal static DatasetDefinition Definition(
        string name,
        string title,
        Func<string, bool> isAt,
        Func<DatasetSource, ImageListing> list,
        Func<DatasetSource, IReadOnlyList<string>> files
    ) =>
        new(name, title, source => Open(source, Listed(name, list, source)))
        {
            IsAt = isAt,
            ListFiles = source => files(Existing(name, source)),
            Count = source =>
            {
                var listing = Listed(name, list, source);
                return CountOf(listing.Train, listing.ClassNames.Count);
            },
            Inspect = source => Inspect(source, Listed(name, list, source)),
        };

    private static DatasetSource Existing(string name, DatasetSource source) =>
        source.Path is { } path && Directory.Exists(path)
            ? source
            : throw new FaultException(
                "MM2001",
                source.Path is null
                    ? $"{name} images need a folder, and none is given"
                    : $"the {name} images are not in {source.Path}: there is no such folder",
                "--data-dir DIR, or dataset.path, with the folder that holds them"
            );

    /// <summary>The images in a folder of the kind that <paramref name="list"/> reads.</summary>
    private static ImageListing Listed(
        string name,
        Func<DatasetSource, ImageListing> list,
        DatasetSource source
    )
    {
        var listing = InItsFormat(name, list, Existing(name, source));
        foreach (
            var (images, split) in new[] { (listing.Train, "training"), (listing.Test, "test") }.Where(one =>
                one.Item1.Labels.Count == 0
            )
        )
            throw new FaultException(
                "MM2001",
                $"no {split} image found in {source.Path}: {listing.Tally.Words}",
                $"files of {ImageFolder.Endings} in train/CLASS/FILE and test/CLASS/FILE, or listed in train.csv and test.csv (path,label), or train-*.tar and test-*.tar, or train-*.parquet and test-*.parquet"
            );
        if (listing.ClassNames.Count > MostClasses)
            throw new FaultException(
                "MM2004",
                $"{source.Path} has {listing.ClassNames.Count} classes; a label is one byte, so that {MostClasses} can be told apart",
                "merge or leave out classes"
            );
        return listing;
    }

    private static ImageListing InItsFormat(
        string name,
        Func<DatasetSource, ImageListing> list,
        DatasetSource source
    )
    {
        try
        {
            return list(source);
        }
        catch (FaultException fault) when (fault.Code == "MM2001" && Other(name, source.Path!) is { } other)
        {
            throw new FaultException(
                fault.Code,
                fault.Message,
                $"what lies there is of another format: --dataset {other.Name}",
                fault
            );
        }
    }

    /// <summary>The format that a folder looks like; null where it looks like the one that was asked for, or like none.</summary>
    private static DatasetDefinition? Other(string name, string path) =>
        DatasetCatalogue.Find(name).IsAt!(path)
            ? null
            : DatasetCatalogue.All.FirstOrDefault(one => one.IsAt?.Invoke(path) == true);

    private static Dataset Open(DatasetSource source, ImageListing listing)
    {
        var side = ImageSize.Of(source.Dataset);
        var skips = source.Dataset.OnBadImage == "skip";
        if (!skips && listing.Tally.Damaged is [var first, ..])
            throw new FaultException(
                "MM2005",
                first,
                "repair or remove it, or leave such files out: --set dataset.on_bad_image=skip"
            );
        var (ofTrain, ofTest) = (new List<ImageFault>(), new List<ImageFault>());
        var train = Decode(listing.Train, listing.ClassNames, side, skips, ofTrain, source);
        var test = Decode(listing.Test, listing.ClassNames, side, skips, ofTest, source);
        var inventory = Inventory(listing, ofTrain, ofTest);
        return inventory.EmptyClass is { } empty
            ? throw empty
            : new(train, test, Identity(side, train, test)) { Inventory = inventory };
    }

    /// <summary>Why the images that are left cannot be trained on; null where they can.</summary>
    private static FaultException? Missing(
        IReadOnlyList<string> classNames,
        int[] train,
        int[] test,
        List<ImageFault> ofTrain,
        List<ImageFault> ofTest
    ) =>
        train.IndexOf(0) is >= 0 and var empty
            ? new(
                "MM2006",
                $"class {classNames[empty]} has no training images, so that its margin and weight are undefined{Cause([.. ofTrain.Where(fault => fault.Label == empty)])}",
                $"add training images of {classNames[empty]}, or leave the class out of both splits"
            )
        : test.Sum() == 0
            ? new(
                "MM2006",
                $"there are no test images, so that nothing can be evaluated{Cause(ofTest)}",
                "add test images of some classes"
            )
        : null;

    // What is missing has a reason where files are there.
    private static string Cause(List<ImageFault> damaged) =>
        damaged.Count == 0
            ? ""
            : $"; of its files {damaged.Count} cannot be read, the first: {damaged[0].Fault.Message}";

    /// <summary>Decodes every image and keeps none.</summary>
    private static ImageInventory Inspect(DatasetSource source, ImageListing listing)
    {
        var (ofTrain, ofTest) = (new List<ImageFault>(), new List<ImageFault>());
        foreach (var (split, faults) in new[] { (listing.Train, ofTrain), (listing.Test, ofTest) })
            Read(split, 1, faults, source, (_, _) => { });
        return Inventory(listing, ofTrain, ofTest);
    }

    private static ImageInventory Inventory(
        ImageListing listing,
        List<ImageFault> ofTrain,
        List<ImageFault> ofTest
    )
    {
        var (names, train, test) = (
            listing.ClassNames,
            LeftOf(listing, listing.Train, ofTrain),
            LeftOf(listing, listing.Test, ofTest)
        );
        return new(
            train.Sum() + test.Sum(),
            listing.Tally.PassedOver,
            [.. listing.Tally.Damaged, .. ofTrain.Concat(ofTest).Select(fault => fault.Fault.Message)]
        )
        {
            ClassNames = names,
            EmptyClass = Missing(names, train, test, ofTrain, ofTest),
            WithoutTestImages = [.. names.Where((_, c) => test[c] == 0)],
        };
    }

    /// <summary>Images of each class that can be read.</summary>
    private static int[] LeftOf(ImageListing listing, ImageSplit split, List<ImageFault> faults)
    {
        var counts = CountOf(split, listing.ClassNames.Count);
        foreach (var fault in faults.Where(fault => fault.Label >= 0))
            counts[fault.Label]--;
        return counts;
    }

    private static int[] CountOf(ImageSplit split, int classes)
    {
        var counts = new int[classes];
        foreach (var label in split.Labels.Where(label => label >= 0))
            counts[label]++;
        return counts;
    }

    private static ImageSet Decode(
        ImageSplit split,
        IReadOnlyList<string> classNames,
        int side,
        bool skips,
        List<ImageFault> faults,
        DatasetSource source
    )
    {
        var size = 3 * side * side;
        if ((long)split.Labels.Count * size > Array.MaxLength)
            throw new FaultException(
                "MM2004",
                $"{split.Labels.Count:N0} images of {side} × {side} pixels are {(long)split.Labels.Count * size:N0} bytes, more than the {Array.MaxLength:N0} that are held at once",
                "a smaller dataset.image_size, or fewer images"
            );
        var pixels = new byte[split.Labels.Count * size];
        Read(
            split,
            side,
            faults,
            source,
            (image, decoded) => decoded.CopyTo(pixels, image * size),
            stopsAtFault: !skips
        );
        var isBad = new bool[split.Labels.Count];
        foreach (var fault in faults)
            isBad[fault.Image] = true;
        return Without(isBad, split.Labels, pixels, size, side, classNames);
    }

    /// <summary>Decodes a split's images, some at the same time.</summary>
    private static void Read(
        ImageSplit split,
        int side,
        List<ImageFault> faults,
        DatasetSource source,
        Action<int, byte[]> take,
        bool stopsAtFault = false
    )
    {
        var first = 0;
        foreach (var chunk in split.Images.Chunk(Chunk))
        {
            var ofChunk = new FaultException?[chunk.Length];
            Parallel.For(
                0,
                chunk.Length,
                new ParallelOptions { CancellationToken = source.CancellationToken },
                i =>
                {
                    try
                    {
                        take(first + i, ImageDecoder.Decode(chunk[i].Read().Span, chunk[i].Name, side));
                    }
                    catch (FaultException fault) when (fault.Code == "MM2005")
                    {
                        ofChunk[i] = fault;
                    }

                    source.ImagesRead?.Report(1);
                }
            );
            for (var i = 0; i < chunk.Length; i++)
            {
                if (ofChunk[i] is not { } fault)
                    continue;
                if (stopsAtFault)
                    throw fault; // the first in order, whichever thread met one first
                faults.Add(new(first + i, split.Labels[first + i], fault));
            }

            first += chunk.Length;
        }
    }

    private static ImageSet Without(
        bool[] isBad,
        IReadOnlyList<int> labels,
        byte[] pixels,
        int size,
        int side,
        IReadOnlyList<string> classNames
    )
    {
        var kept = Enumerable.Range(0, labels.Count).Where(i => !isBad[i]).ToList();
        for (var to = 0; to < kept.Count; to++)
            if (kept[to] != to)
                pixels.AsSpan(kept[to] * size, size).CopyTo(pixels.AsSpan(to * size));
        if (kept.Count < labels.Count)
            Array.Resize(ref pixels, kept.Count * size);
        return new(side, side, classNames, [.. kept.Select(i => (byte)labels[i])], pixels);
    }

    private static string Identity(int side, params ReadOnlySpan<ImageSet> splits)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Text("own images");
        Number(side);
        foreach (var split in splits)
        {
            Number(split.Classes);
            foreach (var name in split.ClassNames)
                Text(name);
            Number(split.Count);
            for (var i = 0; i < split.Count; i++)
            {
                Number(split.Labels[i]);
                hash.AppendData(split.Image(i).Span);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Number(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            hash.AppendData(bytes);
        }

        void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Number(bytes.Length);
            hash.AppendData(bytes);
        }
    }

    private sealed record ImageFault(int Image, int Label, FaultException Fault);
}

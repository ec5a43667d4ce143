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

    /// <summary>Red, green and blue in [0, 1] of ImageNet's images, which photographs of one's own are normalised by unless told otherwise.</summary>
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
    public static DatasetDefinition Definition(
        string name,
        string title,
        Func<string, bool> isAt,
        Func<string, ImageListing> list,
        Func<DatasetSource, IReadOnlyList<string>> files
    ) =>
        new(name, title, source => Open(source, Listed(name, list, source.Path)))
        {
            IsAt = isAt,
            ListFiles = source => files(source with { Path = Existing(name, source.Path) }),
            Count = source =>
            {
                var listing = Listed(name, list, source.Path);
                return CountOf(listing.Train, listing.ClassNames.Count);
            },
        };

    private static string Existing(string name, string? path) =>
        path is not null && Directory.Exists(path)
            ? path
            : throw new LearningFault(
                "MM2001",
                path is null
                    ? $"{name} images need a folder, and none is given"
                    : $"the {name} images are not in {path}: there is no such folder",
                "--data-dir DIR, or dataset.path, with the folder that holds them"
            );

    /// <summary>The images in a folder of the kind that <paramref name="list"/> reads.</summary>
    private static ImageListing Listed(string name, Func<string, ImageListing> list, string? given)
    {
        var path = Existing(name, given);
        var listing = list(path);
        if (listing.ClassNames.Count > MostClasses)
            throw new LearningFault(
                "MM2004",
                $"{path} has {listing.ClassNames.Count} classes; a label is one byte, so that {MostClasses} can be told apart",
                "merge or leave out classes"
            );
        return listing;
    }

    private static Dataset Open(DatasetSource source, ImageListing listing)
    {
        var side = ImageSize.Of(source.Dataset);
        var skips = source.Dataset.OnBadImage == "skip";
        var skipped = new List<string>();
        var train = Decode(listing.Train, listing.ClassNames, side, skips, skipped, source.CancellationToken);
        var test = Decode(listing.Test, listing.ClassNames, side, skips, skipped, source.CancellationToken);
        if (train.ClassesWithoutImages is [var empty, ..])
            throw new LearningFault(
                "MM2006",
                $"class {empty} has no training images, so that its margin and weight are undefined",
                $"add training images of {empty}, or leave the class out of both splits"
            );
        if (test.Count == 0)
            throw new LearningFault(
                "MM2006",
                "there are no test images, so that nothing can be evaluated",
                "add test images of some classes"
            );

        return new(train, test, Identity(side, train, test)) { Unreadable = skipped };
    }

    private static int[] CountOf(ImageSplit split, int classes)
    {
        var counts = new int[classes];
        foreach (var label in split.Labels)
            counts[label]++;
        return counts;
    }

    private static ImageSet Decode(
        ImageSplit split,
        IReadOnlyList<string> classNames,
        int side,
        bool skips,
        List<string> skipped,
        CancellationToken cancellationToken
    )
    {
        var size = 3 * side * side;
        if ((long)split.Labels.Count * size > Array.MaxLength)
            throw new LearningFault(
                "MM2004",
                $"{split.Labels.Count:N0} images of {side} × {side} pixels are {(long)split.Labels.Count * size:N0} bytes, more than the {Array.MaxLength:N0} that are held at once",
                "a smaller dataset.image_size, or fewer images"
            );
        var pixels = new byte[split.Labels.Count * size];
        var isBad = new bool[split.Labels.Count];
        var first = 0;
        foreach (var chunk in split.Images.Chunk(Chunk))
        {
            var faults = new LearningFault?[chunk.Length];
            Parallel.For(
                0,
                chunk.Length,
                new ParallelOptions { CancellationToken = cancellationToken },
                i =>
                {
                    try
                    {
                        ImageDecoder
                            .Decode(chunk[i].Read().Span, chunk[i].Name, side)
                            .CopyTo(pixels, (first + i) * size);
                    }
                    catch (LearningFault fault) when (fault.Code == "MM2005")
                    {
                        faults[i] = fault;
                    }
                }
            );
            for (var i = 0; i < chunk.Length; i++)
            {
                if (faults[i] is not { } fault)
                    continue;
                if (!skips)
                    throw fault; // the first in order, whichever thread met one first
                isBad[first + i] = true;
                skipped.Add(fault.Message);
            }

            first += chunk.Length;
        }

        return Without(isBad, split.Labels, pixels, size, side, classNames);
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
}

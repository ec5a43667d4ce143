namespace MMOrleans.Learning.Datasets;

/// <summary>Labelled images of one split, as stored: bytes, each image a red, a green and a blue plane, row-major.</summary>
public sealed class ImageSet
{
    private readonly byte[] _pixels;

    /// <param name="width">Pixels, 1 or more.</param>
    /// <param name="height">Pixels, 1 or more.</param>
    /// <param name="classNames">Name of every class.</param>
    /// <param name="labels">Class of every image.</param>
    /// <param name="pixels">3 · width · height bytes an image.</param>
    public ImageSet(int width, int height, IReadOnlyList<string> classNames, byte[] labels, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, labels.Length * 3 * width * height);
        (Width, Height, ClassNames, Labels, _pixels) = (width, height, classNames, labels, pixels);
    }

    /// <summary>Images.</summary>
    public int Count => Labels.Count;

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Classes.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>Name of every class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Class of every image.</summary>
    public IReadOnlyList<byte> Labels { get; }

    /// <summary>Names of the classes that no image is of.</summary>
    public IReadOnlyList<string> ClassesWithoutImages
    {
        get
        {
            var met = Labels.ToHashSet();
            return [.. ClassNames.Where((_, c) => !met.Contains((byte)c))];
        }
    }

    /// <summary>Bytes of one image.</summary>
    public ReadOnlyMemory<byte> Image(int index)
    {
        var size = 3 * Width * Height;
        return _pixels.AsMemory(index * size, size);
    }
}

using MMOrleans.Runs.Formats;

namespace MMOrleans.Learning.Datasets;

/// <summary>Turns the Python version of a CIFAR file into the binary version's bytes, so that both are the same data set.</summary>
/// <remarks>
/// The pixels of an image are the same 3,072 bytes in both, and the images have the same order. A file's name is that of the binary one
/// without its ending.
/// </remarks>
internal static class CifarPickles
{
    private const string Images = "batch of images";

    // Python 3 writes a byte of 128 and more as two letters where it writes protocol 2; names and numbers take about 200 bytes an image.
    private const int MostBytesAPixel = 2;
    private const int MostBesideAnImage = 1024;
    private const int MostBesideImages = 1 << 20;

    /// <summary>The Python version's name of a file.</summary>
    /// <param name="binary">The binary version's.</param>
    public static string NameOf(string binary) => Path.GetFileNameWithoutExtension(binary);

    /// <summary>Bytes that a file may have.</summary>
    public static long Largest(CifarLayout layout) =>
        MostBesideImages
        + (
            (long)Math.Max(layout.RecordsPerTrainFile, layout.RecordsOfTest)
            * ((MostBytesAPixel * layout.RecordBytes) + MostBesideAnImage)
        );

    /// <summary>Whether the Python version lies in a folder.</summary>
    public static bool IsAt(CifarLayout layout, string folder) =>
        // CIFAR-100's names are ordinary words: one file of them alone says nothing.
        File.Exists(Path.Combine(folder, NameOf(layout.TestFile)))
        && (
            File.Exists(Path.Combine(folder, layout.PythonNamesFile))
            || File.Exists(Path.Combine(folder, NameOf(layout.TrainFiles[0])))
        );

    /// <summary>The records of the binary version.</summary>
    /// <param name="layout">Which set.</param>
    /// <param name="name">The file's, for refusals.</param>
    /// <param name="pickle">Its contents.</param>
    /// <param name="records">Images that it should hold.</param>
    /// <exception cref="FaultException">MM2004: it is not such a file.</exception>
    public static byte[] Records(CifarLayout layout, string name, byte[] pickle, int records) =>
        Read(
            layout,
            name,
            () =>
            {
                var values = ArrayUnpickler.Read(pickle, Images);
                var pixels = Pixels(values, records);
                var bytes = new byte[(long)records * layout.RecordBytes];
                for (var r = 0; r < records; r++)
                    pixels(
                        r,
                        bytes.AsSpan((r * layout.RecordBytes) + layout.LabelBytes, CifarLayout.ImageBytes)
                    );
                for (var l = 0; l < layout.LabelBytes; l++)
                {
                    var labels = Labels(values, layout.PythonLabels[l], records);
                    for (var r = 0; r < records; r++)
                        bytes[(r * layout.RecordBytes) + l] = labels[r];
                }

                return bytes;
            }
        );

    /// <summary>Names of the classes; none where the file does not hold them.</summary>
    /// <exception cref="FaultException">MM2004: it is not such a file.</exception>
    public static IReadOnlyList<string> ClassNames(CifarLayout layout, string name, byte[] pickle) =>
        Read(
            layout,
            name,
            () =>
                ArrayUnpickler.Read(pickle, "list of class names").GetValueOrDefault(layout.PythonNames)
                    is PickledList names
                    ? [.. names.Select(PickledValue.Text).OfType<string>()]
                    : Array.Empty<string>()
        );

    private static T Read<T>(CifarLayout layout, string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw new FaultException(
                "MM2004",
                $"{name} is not a file of {layout.Name}'s Python version: {fault.Message.TrimEnd('.')}",
                $"unpack the published archive again, or mm data fetch {layout.Key} for the binary version",
                fault
            );
        }
    }

    private delegate void Copy(int record, Span<byte> image);

    private static Copy Pixels(IReadOnlyDictionary<string, object> values, int records)
    {
        if (!values.TryGetValue("data", out var data))
            throw new FormatException($"it has no 'data' but {Keys(values)}");
        if (data is not PickledArray { Size: 1 } array)
            throw new FormatException($"its data is {PickledValue.Words(data)}, not an array of bytes");
        if (!array.Shape.SequenceEqual([records, CifarLayout.ImageBytes]))
            throw new FormatException(
                $"its data is {array}, wanted [{records}, {CifarLayout.ImageBytes}]: {records} images of {CifarLayout.ImageBytes} bytes"
            );
        return array.IsByColumn
            ? (record, image) =>
            {
                for (var i = 0; i < image.Length; i++)
                    image[i] = array.Data.Span[(i * records) + record];
            }
            : (record, image) => array.Data.Span.Slice(record * image.Length, image.Length).CopyTo(image);
    }

    private static byte[] Labels(IReadOnlyDictionary<string, object> values, string key, int records)
    {
        var labels = values.GetValueOrDefault(key) switch
        {
            PickledList list => list.ToArray(),
            PickledArray array => [.. Enumerable.Range(0, array.Count).Select(i => (object)array.Whole(i))],
            null => throw new FormatException($"it has no '{key}' but {Keys(values)}"),
            var other => throw new FormatException($"its {key} are {PickledValue.Words(other)}, not a list"),
        };
        if (labels.Length != records)
            throw new FormatException($"it has {labels.Length} {key} for {records} images");
        return
        [
            .. labels.Select(label =>
                label is long and >= byte.MinValue and <= byte.MaxValue and var number
                    ? (byte)number
                    : throw new FormatException(
                        $"one of its {key} is {PickledValue.Words(label)}, not a class"
                    )
            ),
        ];
    }

    private static string Keys(IReadOnlyDictionary<string, object> values) =>
        values.Count == 0 ? "nothing" : string.Join(", ", values.Keys.Take(6));
}

namespace MMOrleans.Learning.Datasets;

/// <summary>The published binary layout of a CIFAR data set: records of label bytes and 3,072 pixel bytes.</summary>
/// <param name="Name">As the catalogue and the error messages call it.</param>
/// <param name="TrainFiles">Training files, in order.</param>
/// <param name="TestFile">Test file.</param>
/// <param name="RecordsPerTrainFile">Records of each training file.</param>
/// <param name="RecordsOfTest">Records of the test file.</param>
/// <param name="LabelBytes">Label bytes of a record; the last one is the class.</param>
/// <param name="Classes">K.</param>
/// <param name="NamesFile">File with a class name a line.</param>
public sealed record CifarLayout(
    string Name,
    IReadOnlyList<string> TrainFiles,
    string TestFile,
    int RecordsPerTrainFile,
    int RecordsOfTest,
    int LabelBytes,
    int Classes,
    string NamesFile
)
{
    /// <summary>Pixels across and down.</summary>
    public const int Side = 32;

    /// <summary>Bytes of an image.</summary>
    public const int ImageBytes = 3 * Side * Side;

    /// <summary>Name in the catalogue of data sets.</summary>
    public string Key => Name.Replace("-", "").ToLowerInvariant();

    /// <summary>Keys of the Python version's labels, as many as there are label bytes.</summary>
    public IReadOnlyList<string> PythonLabels { get; init; } = ["labels"];

    /// <summary>The Python version's file of class names.</summary>
    public string PythonNamesFile { get; init; } = "batches.meta";

    /// <summary>Key of the class names in it.</summary>
    public string PythonNames { get; init; } = "label_names";

    /// <summary>Five training files of 10,000, ten classes.</summary>
    public static CifarLayout Cifar10 { get; } =
        new(
            "CIFAR-10",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
            "test_batch.bin",
            10_000,
            10_000,
            1,
            10,
            "batches.meta.txt"
        );

    /// <summary>One training file of 50,000; a coarse and a fine label, of which the fine one counts.</summary>
    public static CifarLayout Cifar100 { get; } =
        new("CIFAR-100", ["train.bin"], "test.bin", 50_000, 10_000, 2, 100, "fine_label_names.txt")
        {
            PythonLabels = ["coarse_labels", "fine_labels"],
            PythonNamesFile = "meta",
            PythonNames = "fine_label_names",
        };

    /// <summary>Bytes of a record.</summary>
    public int RecordBytes => LabelBytes + ImageBytes;

    /// <summary>Files with images.</summary>
    internal IEnumerable<string> DataFiles => [.. TrainFiles, TestFile];

    /// <summary>Files of the binary version, names of classes included.</summary>
    internal IEnumerable<string> BinaryFiles => [.. DataFiles, NamesFile];

    /// <summary>Files of the Python version, names of classes included.</summary>
    internal IEnumerable<string> PythonFiles => [.. DataFiles.Select(CifarPickles.NameOf), PythonNamesFile];

    /// <summary>Records of a file with images.</summary>
    internal int RecordsOf(string name) => name == TestFile ? RecordsOfTest : RecordsPerTrainFile;

    /// <summary>Bytes of a file with images.</summary>
    internal long BytesOf(string name) => (long)RecordsOf(name) * RecordBytes;

    /// <summary>Bytes that no file of a version has more than.</summary>
    internal long Largest(bool isPython) =>
        isPython
            ? CifarPickles.Largest(this)
            : (long)Math.Max(RecordsPerTrainFile, RecordsOfTest) * RecordBytes;
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class CifarPicklesTests : IDisposable
{
    private static readonly CifarLayout Ten = CifarLayout.Cifar10 with
    {
        RecordsPerTrainFile = 3,
        RecordsOfTest = 2,
    };

    private static readonly CifarLayout Hundred = CifarLayout.Cifar100 with
    {
        RecordsPerTrainFile = 3,
        RecordsOfTest = 1,
    };

    private readonly TemporaryFolder _binary = new();
    private readonly TemporaryFolder _python = new();

    public static TheoryData<string> Writers => [.. SomePickles.Writers];

    private string Folder =>
        Directory.CreateDirectory(Path.Combine(_python.Path, "cifar-10-batches-py")).FullName;

    public void Dispose()
    {
        _binary.Dispose();
        _python.Dispose();
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void ThePythonVersionIsTheSameDataSetAsTheBinaryOne(string writer)
    {
        foreach (var layout in (CifarLayout[])[Ten, Hundred])
        {
            var folder = Directory.CreateDirectory(Path.Combine(_python.Path, layout.Key)).FullName;
            var binary = Directory.CreateDirectory(Path.Combine(_binary.Path, layout.Key)).FullName;
            Write(layout, binary, folder, writer);

            var (expected, actual) = (CifarFiles.Open(layout, binary), CifarFiles.Open(layout, folder));

            Assert.Equal(expected.ManifestHash, actual.ManifestHash);
            Assert.Equal(expected.Train.Labels, actual.Train.Labels);
            Assert.Equal(expected.Test.Labels, actual.Test.Labels);
            Assert.Equal(expected.Train.ClassNames, actual.Train.ClassNames);
            for (var i = 0; i < expected.Train.Count; i++)
                Assert.True(expected.Train.Image(i).Span.SequenceEqual(actual.Train.Image(i).Span));
            Assert.All(CifarFiles.Check(layout, folder), check => Assert.Null(check.Fault));
        }
    }

    [Fact]
    public void AnArchiveAndTheFolderAboveAreAsGoodAsTheFolder()
    {
        Write(Ten, _binary.Path, Folder, "cPickle of Python 2");
        var hash = CifarFiles.Open(Ten, _binary.Path).ManifestHash;
        using var elsewhere = new TemporaryFolder();
        var archive = Path.Combine(elsewhere.Path, "cifar-10-python.tar.gz");
        using (var zipped = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
        using (var tar = new TarWriter(zipped))
            foreach (var file in Directory.GetFiles(Folder))
                tar.WriteEntry(file, $"cifar-10-batches-py/{Path.GetFileName(file)}");

        foreach (var place in (string[])[Folder, _python.Path, archive, elsewhere.Path])
            Assert.Equal(hash, CifarFiles.Open(Ten, place).ManifestHash);
    }

    [Fact]
    public void AMissingFileIsNamedAsThePythonVersionCallsIt()
    {
        Write(Ten, _binary.Path, Folder, "protocol 4");
        File.Delete(Path.Combine(Folder, "data_batch_4"));

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Ten, Folder));

        Assert.Equal("MM2001", fault.Code);
        Assert.Contains("data_batch_4 is not there", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AChecksumBesideTheFilesIsCompared()
    {
        Write(Ten, _binary.Path, Folder, "cPickle of Python 2");
        Sha256Sums.Write(Folder, Ten.TrainFiles.Select(Path.GetFileNameWithoutExtension)!);
        var path = Path.Combine(Folder, "data_batch_2");
        var bytes = File.ReadAllBytes(path);
        bytes[^200] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Equal("MM2002", Assert.Throws<FaultException>(() => CifarFiles.Open(Ten, Folder)).Code);
    }

    // What each would do to Python's own unpickler.
    [Theory]
    [InlineData("\u0080\u0002cposix\nsystem\nU\u0002id\u0085R.", "wants to use posix.system")]
    [InlineData("\u0080\u0004\u008c\u0008builtins\u008c\u0004eval\u0093.", "wants to use builtins.eval")]
    [InlineData("\u0080\u0002cnumpy\nload\nU\u0001x\u0085R.", "wants to use numpy.load")]
    [InlineData(
        "\u0080\u0002c_codecs\nencode\nX\u0001\0\0\0aX\u0003\0\0\0zip\u0086R.",
        "_codecs.encode with arguments of another kind"
    )]
    [InlineData("\u0080\u0002iposix\nsystem\n.", "instruction 0x69")]
    [InlineData("\u0080\u0006N.", "protocol 6")]
    [InlineData("\u0080\u0002N.", "something else than a batch of images")]
    [InlineData("\u0080\u0002}.", "has no 'data' but nothing")]
    [InlineData("\u0080\u0002}(U\u0004dataK\u0001u.", "its data is the number 1")]
    [InlineData("\u0080\u0002}(T\u00ff\u00ff\u00ff\u007fu.", "ends within a value")]
    [InlineData("", "ends within a value")]
    public void AForgedPickleIsRefusedByName(string pickle, string reason)
    {
        Write(Ten, _binary.Path, Folder, "cPickle of Python 2");
        File.WriteAllBytes(Path.Combine(Folder, "data_batch_2"), Encoding.Latin1.GetBytes(pickle));

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Ten, Folder));

        Assert.Equal("MM2004", fault.Code);
        Assert.StartsWith(
            "data_batch_2 is not a file of CIFAR-10's Python version: ",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Equal(fault.Message, CifarFiles.Check(Ten, Folder)[1].Fault!.Message);
    }

    [Fact]
    public void ABatchWithAnotherNumberOfImagesIsRefusedWithBoth()
    {
        Write(Ten, _binary.Path, Folder, "cPickle of Python 2");
        File.Copy(Path.Combine(Folder, "test_batch"), Path.Combine(Folder, "data_batch_5"), overwrite: true);

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Ten, Folder));

        Assert.Contains(
            "an array of shape [2, 3072], wanted [3, 3072]",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AClassThatTheSetDoesNotHaveIsNamedWithItsRecord()
    {
        var records = Records(Ten, 3, seed: 1);
        records[Ten.RecordBytes] = 11;
        Write(Ten, _binary.Path, Folder, "cPickle of Python 2");
        File.WriteAllBytes(
            Path.Combine(Folder, "data_batch_1"),
            SomePickles.Batch("cPickle of Python 2", records, "labels")
        );

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Ten, Folder));

        Assert.Contains("data_batch_1 record 1 has class 11", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BothVersionsBesideEachOtherAreTheBinaryOne()
    {
        Write(
            Ten,
            Directory.CreateDirectory(Path.Combine(_python.Path, "cifar-10-batches-bin")).FullName,
            Folder,
            "protocol 3"
        );

        Assert.EndsWith("cifar-10-batches-bin", CifarFiles.Find(Ten, _python.Path), StringComparison.Ordinal);
    }

    private static void Write(CifarLayout layout, string binary, string python, string writer)
    {
        foreach (var (name, seed) in layout.TrainFiles.Append(layout.TestFile).Select((name, i) => (name, i)))
        {
            var records = Records(
                layout,
                name == layout.TestFile ? layout.RecordsOfTest : layout.RecordsPerTrainFile,
                seed
            );
            File.WriteAllBytes(Path.Combine(binary, name), records);
            File.WriteAllBytes(
                Path.Combine(python, Path.GetFileNameWithoutExtension(name)),
                SomePickles.Batch(writer, records, [.. layout.PythonLabels])
            );
        }

        string[] names = [.. Enumerable.Range(0, layout.Classes).Select(c => $"kind{c}")];
        File.WriteAllLines(Path.Combine(binary, layout.NamesFile), names);
        File.WriteAllBytes(
            Path.Combine(python, layout.PythonNamesFile),
            SomePickles.Names(writer, layout.PythonNames, names)
        );
    }

    private static byte[] Records(CifarLayout layout, int count, int seed)
    {
        var records = new byte[count * layout.RecordBytes];
        new Random(seed).NextBytes(records);
        for (var r = 0; r < count; r++)
        for (var l = 0; l < layout.LabelBytes; l++)
            records[(r * layout.RecordBytes) + l] = (byte)((r + l + seed) % layout.Classes);
        return records;
    }
}

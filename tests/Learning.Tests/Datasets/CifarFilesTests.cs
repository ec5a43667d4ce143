using System.Formats.Tar;
using System.IO.Compression;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public class CifarFilesTests
{
    // The layout of CIFAR-10 with two records a file, so that a test writes kilobytes.
    private static readonly CifarLayout Small = CifarLayout.Cifar10 with
    {
        RecordsPerTrainFile = 2,
        RecordsOfTest = 2,
    };

    [Fact]
    public void FolderAndArchiveGiveTheSameImagesAndManifest()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var other = new TemporaryFolder();
        var archive = Path.Combine(other.Path, "data.tar.gz");
        Pack(folder.Path, archive, "cifar-10-batches-bin/");

        var (plain, packed) = (CifarFiles.Open(Small, folder.Path), CifarFiles.Open(Small, archive));

        Assert.Equal(10, plain.Train.Count);
        Assert.Equal(plain.ManifestHash, packed.ManifestHash);
        Assert.True(plain.Train.Image(9).Span.SequenceEqual(packed.Train.Image(9).Span));
        Assert.Equal(1, plain.Train.Labels[1]);
    }

    [Fact]
    public void MissingFileIsNamed()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        File.Delete(Path.Combine(folder.Path, "data_batch_3.bin"));

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Small, folder.Path));

        Assert.Equal("MM2001", fault.Code);
        Assert.Contains("data_batch_3.bin", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TruncatedFileIsNamedWithBothSizes()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        var path = Path.Combine(folder.Path, "data_batch_3.bin");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^10]);

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Small, folder.Path));

        Assert.Equal("MM2004", fault.Code);
        Assert.Contains("data_batch_3.bin is 6,136 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Contains("6,146", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassOutOfRangeIsNamedWithItsRecord()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        var path = Path.Combine(folder.Path, "test_batch.bin");
        var bytes = File.ReadAllBytes(path);
        bytes[Small.RecordBytes] = 77;
        File.WriteAllBytes(path, bytes);

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Small, folder.Path));

        Assert.Contains("test_batch.bin record 1 has class 77", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ArchiveThatLeavesItsFolderIsRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var other = new TemporaryFolder();
        var archive = Path.Combine(other.Path, "data.tar.gz");
        Pack(folder.Path, archive, "../");

        Assert.Equal("MM2007", Assert.Throws<FaultException>(() => CifarFiles.Open(Small, archive)).Code);
    }

    [Fact]
    public void BrokenArchiveIsNamed()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var other = new TemporaryFolder();
        var archive = Path.Combine(other.Path, "data.tar.gz");
        Pack(folder.Path, archive, "x/");
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..200]);

        var fault = Assert.Throws<FaultException>(() => CifarFiles.Open(Small, archive));

        Assert.Contains(fault.Code, (string[])["MM2001", "MM2004"]);
        Assert.Contains("data.tar.gz", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RealImagesHaveTheKnownChannelMeans()
    {
        if (Environment.GetEnvironmentVariable("MM_DATA_DIR") is not { Length: > 0 } data)
        {
            Assert.Skip("MM_DATA_DIR is not set: this test reads the real CIFAR-10.");
            return;
        }

        var dataset = CifarFiles.Open(CifarLayout.Cifar10, data);

        var sums = new double[3];
        for (var i = 0; i < dataset.Train.Count; i++)
        {
            var image = dataset.Train.Image(i).Span;
            for (var p = 0; p < image.Length; p++)
                sums[p / 1024] += image[p];
        }

        Assert.Equal(50_000, dataset.Train.Count);
        Assert.Equal([0.4914, 0.4822, 0.4465], sums.Select(s => Math.Round(s / 50_000 / 1024 / 255, 4)));
    }

    private static void Write(string folder)
    {
        foreach (var name in (string[])[.. Small.TrainFiles, Small.TestFile])
        {
            var bytes = new byte[2 * Small.RecordBytes];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)(i * 31);
            (bytes[0], bytes[Small.RecordBytes]) = (0, 1);
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    private static void Pack(string folder, string archive, string prefix)
    {
        using var file = File.Create(archive);
        using var zipped = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(zipped);
        foreach (var path in Directory.GetFiles(folder))
            tar.WriteEntry(path, prefix + Path.GetFileName(path));
    }
}

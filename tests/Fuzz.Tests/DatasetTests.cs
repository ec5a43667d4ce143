using System.Formats.Tar;
using System.IO.Compression;
using MMOrleans.Learning.Datasets;
using MMOrleans.Learning.Tests.Datasets;
using SkiaSharp;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Images and what they come in.</summary>
public sealed class DatasetTests(ITestOutputHelper output) : IDisposable
{
    // The published layout with four records a file instead of ten thousand.
    private static readonly CifarLayout Small = CifarLayout.Cifar10 with
    {
        TrainFiles = ["data_batch_1.bin", "data_batch_2.bin"],
        RecordsPerTrainFile = 4,
        RecordsOfTest = 4,
    };

    private readonly Fuzzer _fuzzer = new(output);
    private readonly string _folder = Directory.CreateTempSubdirectory("mm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CifarBinary()
    {
        foreach (var name in Small.TrainFiles.Append(Small.TestFile))
            File.WriteAllBytes(In(name), Records());
        _fuzzer.Run(
            "CIFAR binary",
            [Records()],
            1000,
            bytes =>
            {
                File.WriteAllBytes(In(Small.TrainFiles[1]), bytes);
                CifarFiles.Open(Small, _folder);
                CifarFiles.Check(Small, _folder);
            },
            fault => fault is FaultException
        );
    }

    [Fact]
    public void CifarPickle()
    {
        foreach (var name in Small.TrainFiles.Append(Small.TestFile))
            File.WriteAllBytes(In(Path.GetFileNameWithoutExtension(name)), Pickled(SomePickles.Writers[0]));
        _fuzzer.Run(
            "CIFAR pickle",
            [.. SomePickles.Writers.Select(Pickled)],
            1500,
            bytes =>
            {
                File.WriteAllBytes(In(Path.GetFileNameWithoutExtension(Small.TrainFiles[1])), bytes);
                CifarFiles.Open(Small, _folder);
                CifarFiles.Check(Small, _folder);
            },
            fault => fault is FaultException
        );

        static byte[] Pickled(string writer) => SomePickles.Batch(writer, Records(), "labels");
    }

    [Fact]
    public void CifarSums()
    {
        foreach (var name in Small.TrainFiles.Append(Small.TestFile))
            File.WriteAllBytes(In(name), Records());
        Sha256Sums.Write(_folder, [.. Small.TrainFiles, Small.TestFile]);
        var sums = Directory
            .EnumerateFiles(_folder)
            .Single(file => !file.EndsWith(".bin", StringComparison.Ordinal));
        _fuzzer.Run(
            "SHA-256 sums",
            [File.ReadAllBytes(sums)],
            1000,
            bytes =>
            {
                File.WriteAllBytes(sums, bytes);
                CifarFiles.Open(Small, _folder);
            },
            fault => fault is FaultException
        );
    }

    [Fact]
    public void CifarArchive()
    {
        var tar = Tar();
        _fuzzer.Run(
            "CIFAR tar",
            [tar],
            1000,
            // Sealed and zipped after the damage, or checksums would be all that is tried.
            bytes => OpenArchive(Zipped(SomeTar.Sealed(bytes))),
            fault => fault is FaultException
        );
        _fuzzer.Run("CIFAR tar.gz", [Zipped(tar)], 300, OpenArchive, fault => fault is FaultException);

        void OpenArchive(byte[] bytes)
        {
            var (archive, target) = (In("archive.tar.gz"), In("unpacked"));
            File.WriteAllBytes(archive, bytes);
            try
            {
                CifarFiles.Open(Small, archive);
            }
            finally
            {
                // Nothing of an archive that is refused may lie anywhere, nor anything outside of the folder.
                try
                {
                    CifarFiles.Unpack(Small, archive, target);
                }
                catch (FaultException)
                {
                    Assert.False(Directory.Exists(target), "half an archive was left");
                }

                if (Directory.Exists(target))
                    Directory.Delete(target, recursive: true);
                Assert.Equal([archive], Directory.GetFileSystemEntries(_folder));
            }
        }
    }

    [Theory]
    [InlineData('L')]
    [InlineData('x')]
    public void AForgedNameOfTwoGigabytesIsRefusedBeforeItIsRead(char type)
    {
        SomeImages.WriteTars(_folder);
        var shard = Directory.EnumerateFiles(_folder, "train-*.tar").Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(shard, SomeTar.Claiming(type, 2_000_000_000));
        var before = GC.GetTotalAllocatedBytes();

        var refused = Assert.Throws<FaultException>(() => SomeImages.Open("webdataset", _folder, side: 8));

        Assert.Equal("MM2004", refused.Code);
        Assert.Contains("2,000,000,000 bytes, at most 1,048,576", refused.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Fact]
    public void AnOwnerThatNoSystemHasIsNotLookedAt()
    {
        SomeImages.WriteTars(_folder);
        var shard = Directory.EnumerateFiles(_folder, "train-*.tar").Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(shard, [.. SomeTar.OfAnImpossibleOwner(), .. File.ReadAllBytes(shard)]);

        Assert.Equal(9, SomeImages.Open("webdataset", _folder, side: 8).Train.Count);
    }

    [Fact]
    public void AnArchiveThatUnpacksToGigabytesIsRefused()
    {
        var archive = In("bomb.tar.gz");
        using (var file = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
        {
            file.Write(SomeTar.Claiming('0', 7_000_000_000));
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++)
                file.Write(zeros);
        }

        var refused = Assert.Throws<FaultException>(() => CifarFiles.Open(Small, archive));

        Assert.Equal("MM2004", refused.Code);
        Assert.Contains("at most 1,073,741,824 are read", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WebDataset()
    {
        SomeImages.WriteTars(_folder);
        var shard = Directory.EnumerateFiles(_folder, "train-*.tar").Order(StringComparer.Ordinal).First();
        _fuzzer.Run(
            "WebDataset",
            [File.ReadAllBytes(shard)],
            1000,
            bytes =>
            {
                File.WriteAllBytes(shard, SomeTar.Sealed(bytes));
                SomeImages.Open("webdataset", _folder, side: 8);
            },
            fault => fault is FaultException
        );
    }

    [Fact]
    public async Task Parquet()
    {
        await SomeImages.WriteParquetAsync(_folder);
        var file = Directory.EnumerateFiles(_folder, "train-*.parquet").Order(StringComparer.Ordinal).First();
        _fuzzer.Run(
            "Parquet",
            [File.ReadAllBytes(file)],
            1000,
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                SomeImages.Open("parquet", _folder, side: 8);
            },
            fault => fault is FaultException,
            // A page of the largest size, and what it is unpacked to.
            mostBytes: 2L * ParquetLayout.LargestPage
        );
    }

    [Fact]
    public async Task AFooterWhoseTextClaimsGigabytesIsRefusedBeforeItIsRead()
    {
        await SomeImages.WriteParquetAsync(_folder);
        var file = Directory.EnumerateFiles(_folder, "train-*.parquet").Order(StringComparer.Ordinal).First();
        var bytes = File.ReadAllBytes(file);
        // The name of the first column, 'image', with its length before it: that length becomes a number of five bytes.
        var at = bytes.AsSpan().LastIndexOf([(byte)5, .. "image"u8]);
        bytes = [.. bytes[..at], 0x80, 0x80, 0x80, 0x80, 0x06, .. bytes[(at + 5)..]];
        File.WriteAllBytes(file, bytes);
        var before = GC.GetTotalAllocatedBytes();

        var refused = Assert.Throws<FaultException>(() => SomeImages.Open("parquet", _folder, side: 8));

        Assert.Equal("MM2004", refused.Code);
        Assert.Contains("claims 1,610,612,736 where", refused.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Fact]
    public void ListOfImages()
    {
        SomeImages.WriteLists(_folder);
        var list = In("train.csv");
        _fuzzer.Run(
            "train.csv",
            [File.ReadAllBytes(list)],
            1000,
            bytes =>
            {
                File.WriteAllBytes(list, bytes);
                SomeImages.Open("image-folder", _folder, side: 8);
            },
            fault => fault is FaultException
        );
    }

    [Theory]
    [InlineData("label,\"path\ncat,x.png\n")]
    [InlineData("label,path\ncat,\0x.png\n")]
    public void AListThatNoProgramWritesIsRefusedWithItsName(string list)
    {
        SomeImages.WriteLists(_folder);
        File.WriteAllText(In("train.csv"), list);

        var refused = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", _folder, side: 8));

        Assert.Equal("MM2004", refused.Code);
        Assert.StartsWith("train.csv", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    [InlineData(SKEncodedImageFormat.Bmp)]
    public void Image(SKEncodedImageFormat format) =>
        _fuzzer.Run(
            $"{format}".ToLowerInvariant(),
            [Encoded(format, 12, 9), Encoded(format, 5, 5)],
            1000,
            bytes => ImageDecoder.Decode(bytes, "fuzzed", 8),
            fault => fault is FaultException { Code: "MM2005" },
            // As many pixels as are allowed, and what they are scaled to.
            mostBytes: 5L * ImageDecoder.MostPixels
        );

    private string In(string name) => Path.Combine(_folder, name);

    private static byte[] Records()
    {
        var bytes = new byte[Small.RecordsOfTest * Small.RecordBytes];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i % Small.RecordBytes == 0 ? i / Small.RecordBytes : i);
        return bytes;
    }

    private static byte[] Tar()
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
            foreach (var name in Small.TrainFiles.Append(Small.TestFile))
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{name}")
                    {
                        DataStream = new MemoryStream(Records()),
                    }
                );
        return stream.ToArray();
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(bytes);
        return stream.ToArray();
    }

    private static byte[] Encoded(SKEncodedImageFormat format, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            bitmap.SetPixel(x, y, new((byte)(20 * x), (byte)(20 * y), 99));
        return format == SKEncodedImageFormat.Bmp
            ? SomeBitmap.Of(bitmap)
            : bitmap.Encode(format, 90).ToArray();
    }
}

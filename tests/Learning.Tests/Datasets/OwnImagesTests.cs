using System.Formats.Tar;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class OwnImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Here => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SameImagesAreTheSameDataSetInEveryFormat()
    {
        SomeImages.WriteFolders(Sub("folders"));
        SomeImages.WriteLists(Sub("lists"));
        SomeImages.WriteTars(Sub("tars"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));
        await SomeImages.WriteParquetAsync(Sub("parquet-img"), "img");

        Dataset[] sets =
        [
            SomeImages.Open("image-folder", Sub("folders")),
            SomeImages.Open("image-folder", Sub("lists")),
            SomeImages.Open("webdataset", Sub("tars")),
            SomeImages.Open("parquet", Sub("parquet")),
            SomeImages.Open("parquet", Sub("parquet-img")),
        ];

        Assert.All(sets, set => Assert.Equal(sets[0].ManifestHash, set.ManifestHash));
        Assert.All(sets, set => Assert.Equal(SomeImages.Classes, set.Train.ClassNames));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 2, 2], sets[0].Train.Labels);
        Assert.Equal([0, 0, 1, 1, 2, 2], sets[0].Test.Labels);
        var expected = ImageDecoder.Decode(SomeImages.Of("train")[5].Png, "", 32);
        Assert.All(sets, set => Assert.Equal(expected, set.Train.Image(5).ToArray()));
    }

    [Fact]
    public void IdentityIsThatOfPixelsClassesAndOrderAndNotOfThePlace()
    {
        SomeImages.WriteFolders(Sub("one"));
        SomeImages.WriteFolders(Sub("other"));
        var identity = SomeImages.Open("image-folder", Sub("one")).ManifestHash;

        Assert.Equal(identity, SomeImages.Open("image-folder", Sub("other")).ManifestHash);
        Assert.NotEqual(identity, SomeImages.Open("image-folder", Sub("other"), side: 8).ManifestHash);
        Directory.Move(
            Path.Combine(Sub("other"), "train", "owl"),
            Path.Combine(Sub("other"), "train", "rat")
        );
        Directory.Move(Path.Combine(Sub("other"), "test", "owl"), Path.Combine(Sub("other"), "test", "rat"));
        Assert.NotEqual(identity, SomeImages.Open("image-folder", Sub("other")).ManifestHash);
    }

    [Fact]
    public async Task ImagesAreCountedWithoutBeingDecoded()
    {
        SomeImages.WriteFolders(Sub("image-folder"));
        SomeImages.WriteTars(Sub("webdataset"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));
        File.WriteAllText(Path.Combine(Sub("image-folder"), "train", "cat", "000.png"), "not a picture");

        foreach (var name in (string[])["image-folder", "webdataset", "parquet"])
            Assert.Equal(
                [4, 3, 2],
                DatasetCatalogue.Find(name).TrainCounts(new(SomeImages.Specification(name), 1, Sub(name)))
            );
    }

    [Fact]
    public async Task OpeningEndsWhereItIsCancelled()
    {
        SomeImages.WriteFolders(Sub("image-folder"));
        SomeImages.WriteTars(Sub("webdataset"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));

        foreach (var name in (string[])["image-folder", "webdataset", "parquet"])
            Assert.ThrowsAny<OperationCanceledException>(() =>
                DatasetCatalogue.Open(SomeImages.Specification(name), 1, Sub(name), new(canceled: true))
            );
    }

    [Fact]
    public async Task FilesAreThoseThatTheImagesComeFrom()
    {
        SomeImages.WriteFolders(Sub("image-folder"));
        SomeImages.WriteLists(Sub("lists"));
        SomeImages.WriteTars(Sub("webdataset"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));

        Assert.Equal(15, Files("image-folder", "image-folder").Count);
        Assert.Equal(15 + 2, Files("image-folder", "lists").Count); // the lists themselves
        Assert.Equal(5, Files("webdataset", "webdataset").Count);
        Assert.Equal(4, Files("parquet", "parquet").Count);
        File.Copy(
            Path.Combine(Sub("image-folder"), "train", "owl", "007.png"),
            Path.Combine(Sub("image-folder"), "train", "owl", "new.png")
        );
        Assert.Equal(16, Files("image-folder", "image-folder").Count);

        IReadOnlyList<string> Files(string name, string folder)
        {
            var files = DatasetCatalogue
                .Find(name)
                .Files(new(SomeImages.Specification(name), 1, Sub(folder)));
            Assert.All(
                files,
                file => Assert.True(Path.IsPathFullyQualified(file) && File.Exists(file), file)
            );
            return files;
        }
    }

    [Fact]
    public async Task FormatIsToldByWhatTheFolderHolds()
    {
        SomeImages.WriteFolders(Sub("image-folder"));
        SomeImages.WriteTars(Sub("webdataset"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));

        foreach (var name in (string[])["image-folder", "webdataset", "parquet"])
            Assert.Equal(
                [name],
                DatasetCatalogue.All.Where(d => d.IsAt?.Invoke(Sub(name)) == true).Select(d => d.Name)
            );
    }

    [Fact]
    public async Task OtherFormatThanTheOneThatLiesThereIsRefusedWithThatOne()
    {
        SomeImages.WriteFolders(Sub("image-folder"));
        SomeImages.WriteTars(Sub("webdataset"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));
        string[] names = ["image-folder", "webdataset", "parquet"];

        foreach (var there in names)
        foreach (var asked in names.Where(name => name != there))
        {
            var fault = Assert.Throws<FaultException>(() => SomeImages.Open(asked, Sub(there)));

            Assert.Equal("MM2001", fault.Code);
            Assert.EndsWith($"--dataset {there}", fault.Fix, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OrderOfClassesCanBeGiven()
    {
        SomeImages.WriteFolders(Here);
        File.WriteAllText(Path.Combine(Here, "classes.txt"), "owl\n\ndog\ncat\n");

        var data = SomeImages.Open("image-folder", Here);

        Assert.Equal(["owl", "dog", "cat"], data.Train.ClassNames);
        Assert.Equal([2, 2, 2, 2, 1, 1, 1, 0, 0], data.Train.Labels);
    }

    [Fact]
    public void UnreadableImageIsRefusedByName()
    {
        SomeImages.WriteFolders(Here);
        File.WriteAllText(Path.Combine(Here, "train", "dog", "005.png"), "not a picture");
        File.WriteAllText(Path.Combine(Here, "train", "owl", "008.png"), "");

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));

        Assert.Equal("MM2005", fault.Code);
        Assert.StartsWith("train/dog/005.png cannot be read: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnreadableImagesAreLeftOutAndNamedWhereThatIsAskedFor()
    {
        SomeImages.WriteFolders(Sub("folders"));
        File.WriteAllText(Path.Combine(Sub("folders"), "train", "cat", "001.png"), "not a picture");
        await SomeImages.WriteParquetAsync(Sub("parquet"), missing: 1);

        var folders = SomeImages.Open("image-folder", Sub("folders"), onBadImage: "skip");
        var parquet = SomeImages.Open("parquet", Sub("parquet"), onBadImage: "skip");

        Assert.StartsWith(
            "train/cat/001.png cannot",
            Assert.Single(folders.Unreadable),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "train-00000-of-00002.parquet row 1 of group 0 cannot",
            parquet.Unreadable[0],
            StringComparison.Ordinal
        );
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2], folders.Train.Labels);
        var expected = ImageDecoder.Decode(SomeImages.Of("train")[8].Png, "", 32);
        Assert.Equal(expected, folders.Train.Image(7).ToArray()); // what follows moves up
    }

    [Fact]
    public void ClassWithoutTrainingImagesIsRefused()
    {
        SomeImages.WriteFolders(Here);
        File.WriteAllText(Path.Combine(Here, "classes.txt"), "cat\ndog\nowl\n");
        Directory.Delete(Path.Combine(Here, "train", "dog"), recursive: true);

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));

        Assert.Equal("MM2006", fault.Code);
        Assert.Contains("class dog has no training images", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("owl")]
    public void ClassWithoutTestImagesIsTakenAndNamed(string name)
    {
        SomeImages.WriteFolders(Here);
        Directory.Delete(Path.Combine(Here, "test", name), recursive: true);

        var data = SomeImages.Open("image-folder", Here);

        Assert.Equal([name], data.WithoutTestImages);
        Assert.Equal(SomeImages.Classes, data.Test.ClassNames);
        Assert.Equal(4, data.Test.Count);
    }

    [Fact]
    public void TestSplitWithoutAnyImageIsRefused()
    {
        SomeImages.WriteFolders(Here);
        File.WriteAllText(Path.Combine(Here, "classes.txt"), "cat\ndog\nowl\n");
        foreach (
            var image in Directory.EnumerateFiles(
                Path.Combine(Here, "test"),
                "*",
                SearchOption.AllDirectories
            )
        )
            File.WriteAllText(image, "damaged");

        var fault = Assert.Throws<FaultException>(() =>
            SomeImages.Open("image-folder", Here, onBadImage: "skip")
        );

        Assert.Equal("MM2006", fault.Code);
        Assert.Contains("there are no test images", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingSplitIsNamed()
    {
        SomeImages.WriteFolders(Here);
        Directory.Delete(Path.Combine(Here, "test"), recursive: true);

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));

        Assert.Equal("MM2001", fault.Code);
        Assert.Contains("neither a folder test nor test.csv", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MM2007", "label,path\ncat,../../etc/passwd")]
    [InlineData("MM2007", "label,path\ncat,/etc/passwd")]
    [InlineData("MM2004", "class,file\ncat,a.png")]
    [InlineData("MM2004", "label,path\ncat")]
    [InlineData("MM2004", "label,path\ncat,\"a.png")]
    [InlineData("MM2004", "")]
    public void ListThatIsNotOneIsRefused(string code, string list)
    {
        SomeImages.WriteLists(Here);
        File.WriteAllText(Path.Combine(Here, "test.csv"), list);

        Assert.Equal(code, Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here)).Code);
    }

    [Fact]
    public void TestImageOfAClassThatTrainingDoesNotHaveIsRefused()
    {
        SomeImages.WriteLists(Here);
        File.AppendAllText(Path.Combine(Here, "test.csv"), "zebra,test0.png\n");

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));

        Assert.Equal("MM2004", fault.Code);
        Assert.Contains("'zebra', which is none of the 3 classes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ParquetWithoutItsColumnsIsRefusedWithThoseItHas()
    {
        await SomeImages.WriteParquetAsync(Here, "picture");

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("parquet", Here));

        Assert.Equal("MM2004", fault.Code);
        Assert.Contains(
            "has the columns picture.bytes, picture.path, label: none of its columns is called as usual for images",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--set dataset.columns.image=picture", fault.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parquet", "train-00000-of-00002.parquet")]
    [InlineData("webdataset", "train-000000.tar")]
    public async Task DamagedShardIsRefusedByName(string name, string shard)
    {
        SomeImages.WriteTars(Here);
        await SomeImages.WriteParquetAsync(Here);
        var path = Path.Combine(Here, shard);
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var damaged = whole.AsSpan(0, random.Next(whole.Length)).ToArray();
            for (var flips = 0; flips < 5 && damaged.Length > 0; flips++)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, damaged, TestContext.Current.CancellationToken);

            try
            {
                SomeImages.Open(name, Here);
            }
            catch (FaultException fault)
            {
                Assert.True(
                    fault.Code is "MM2004" or "MM2005" or "MM2006",
                    $"{fault.Code} {fault.Message} after {i}"
                );
            }
        }
    }

    [Fact]
    public void ImageWithoutItsClassIsRefused()
    {
        SomeImages.WriteTars(Here);
        var path = Path.Combine(Here, "train-000000.tar");
        using (var writer = new TarWriter(File.Create(path)))
            writer.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "x/000.png")
                {
                    DataStream = new MemoryStream(SomeImages.Of("train")[0].Png),
                }
            );

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("webdataset", Here));

        Assert.Contains("has the image x/000.png without x/000.cls", fault.Message, StringComparison.Ordinal);
    }

    private string Sub(string name) => Directory.CreateDirectory(Path.Combine(Here, name)).FullName;
}

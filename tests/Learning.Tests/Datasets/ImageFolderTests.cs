using System.Diagnostics;
using System.Text;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

/// <summary>Folders as people have them.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImageFolderTests() => SomeImages.WriteFolders(Here);

    private string Here => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train/.ipynb_checkpoints/1-checkpoint.png")]
    [InlineData("train/@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg")]
    [InlineData("train/cat/@eaDir/1.png/x.jpg")]
    [InlineData("train/cat/deeper/__MACOSX/1.png")]
    [InlineData("test/owl/._003.png")]
    [InlineData("test/#recycle/1.png")]
    [InlineData("train/lost+found/1.png")]
    [InlineData("train/$RECYCLE.BIN/1.png")]
    [InlineData("__MACOSX/train/cat/1.png")]
    public void HiddenAndSystemNamesAreNeitherClassNorImageAndAreCounted(string path)
    {
        var before = SomeImages.Open("image-folder", Here);
        Put(path, SomeImages.Png(1));

        var after = SomeImages.Open("image-folder", Here);

        Assert.Equal(before.ManifestHash, after.ManifestHash);
        Assert.StartsWith(
            "hidden and system f",
            Assert.Single(after.Inventory.PassedOver).Kind,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void EverythingThatIsNotTakenIsCountedByKind()
    {
        foreach (var name in (string[])["a.tif", "b.TIF", "c.gif", "notes", "d/e.tif"])
            Put($"train/cat/{name}", [1]);
        Put("train/loose.png", SomeImages.Png(1));
        Put("val/cat/1.png", SomeImages.Png(1));
        Put("README.md", [1]);
        Directory.CreateDirectory(Path.Combine(Here, "train", "zebra"));

        var inventory = SomeImages.Open("image-folder", Here).Inventory;

        Assert.Equal(15, inventory.Taken);
        Assert.Equal(
            [
                ".gif files: 1 (train/cat/c.gif)",
                ".md files: 1 (README.md)",
                ".tif files: 3 (train/cat/a.tif, train/cat/b.TIF, train/cat/d/e.tif)",
                "class folders without images: 1 (train/zebra/)",
                "files directly in train/: 1 (train/loose.png)",
                "files without an ending: 1 (train/cat/notes)",
                "folders beside train/ and test/: 1 (val/)",
            ],
            inventory.PassedOver.Select(kind => kind.ToString())
        );
    }

    [Theory]
    [InlineData("backup.tar")]
    [InlineData("train/all.tar")]
    [InlineData("extra/table.parquet")]
    public void ArchiveBesideImagesMakesNoShardsOfThem(string name)
    {
        Put(name, [1]);

        Assert.Equal(
            ["image-folder"],
            DatasetCatalogue.All.Where(one => one.IsAt?.Invoke(Here) == true).Select(one => one.Name)
        );
        Assert.Equal(15, SomeImages.Open("image-folder", Here).Inventory.Taken);
    }

    [Fact]
    public void TheArchivesThatAFolderCameFromDoNotMakeItShards()
    {
        Put("train.tar", [1]);
        Put("test.tar", [1]);

        Assert.Equal(
            ["image-folder"],
            DatasetCatalogue.All.Where(one => one.IsAt?.Invoke(Here) == true).Select(one => one.Name)
        );
    }

    [Fact]
    public void ALinkToNothingThatIsNoImageIsCountedAndHarmsNothing()
    {
        File.CreateSymbolicLink(Path.Combine(Here, "latest"), "/nowhere/old-run");
        File.CreateSymbolicLink(Path.Combine(Here, "train", "cat", "notes.txt"), "gone");

        var set = SomeImages.Open("image-folder", Here);

        Assert.Empty(set.Inventory.Damaged);
        Assert.Contains(set.Inventory.PassedOver, kind => kind.Kind == "links to what is not there");
    }

    [Fact]
    public void InspectionNamesEveryDamagedFileWhereTheWholeClassIsDamaged()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Here, "test", "owl")))
            File.WriteAllBytes(file, []);

        var inventory = ImageFolder.Definition.Inspect!(
            new(SomeImages.Specification("image-folder"), 1, Here)
        );

        Assert.Equal(13, inventory.Taken);
        Assert.Equal(2, inventory.Damaged.Count);
        Assert.All(inventory.Damaged, why => Assert.StartsWith("test/owl/", why, StringComparison.Ordinal));
        Assert.Equal(["owl"], inventory.WithoutTestImages);
        Assert.Null(inventory.EmptyClass);
    }

    [Fact]
    public void ClassWhoseTrainingFilesAreAllDamagedIsRefusedWithTheFirstOfThem()
    {
        var files = Directory.GetFiles(Path.Combine(Here, "train", "owl"));
        foreach (var file in files)
            File.WriteAllBytes(file, []);

        var fault = Assert.Throws<FaultException>(() =>
            SomeImages.Open("image-folder", Here, onBadImage: "skip")
        );

        Assert.Equal("MM2006", fault.Code);
        Assert.Contains(
            $"of its files {files.Length} cannot be read, the first: train/owl/",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("train/cat/again", "../..")] // the splits
    [InlineData("train/cat/again", ".")]
    [InlineData("train/cat/again", "../../../..")] // above the data set
    [InlineData("train/again", "..")]
    [InlineData("train/cat/again", "/")]
    public void LinksThatLeadBackAreNotFollowed(string link, string target)
    {
        var before = SomeImages.Open("image-folder", Here);
        Directory.CreateSymbolicLink(Path.Combine(Here, link), target);

        var after = SomeImages.Open("image-folder", Here);

        Assert.Equal(before.ManifestHash, after.ManifestHash);
        Assert.Equal(
            $"links that lead back to a folder above them: 1 ({link}/)",
            Assert.Single(after.Inventory.PassedOver).ToString()
        );
    }

    [Fact]
    public void FoldersThatLinkToEachOtherEnd()
    {
        Directory.CreateSymbolicLink(Path.Combine(Here, "train", "cat", "dogs"), "../dog");
        Directory.CreateSymbolicLink(Path.Combine(Here, "train", "dog", "cats"), "../cat");

        var data = SomeImages.Open("image-folder", Here);

        Assert.Equal((4 + 3) * 2 + 2, data.Train.Count);
        Assert.Equal(2, Assert.Single(data.Inventory.PassedOver).Count);
    }

    [Fact]
    public void LinksToDataElsewhereAreFollowed()
    {
        var before = SomeImages.Open("image-folder", Here);
        using var elsewhere = new TemporaryFolder();
        Directory.Move(Path.Combine(Here, "train", "cat"), Path.Combine(elsewhere.Path, "cats"));
        Directory.CreateSymbolicLink(
            Path.Combine(Here, "train", "cat"),
            Path.Combine(elsewhere.Path, "cats")
        );
        File.Move(Path.Combine(Here, "train", "owl", "007.png"), Path.Combine(elsewhere.Path, "an owl"));
        File.CreateSymbolicLink(
            Path.Combine(Here, "train", "owl", "007.png"),
            Path.Combine(elsewhere.Path, "an owl")
        );

        Assert.Equal(before.ManifestHash, SomeImages.Open("image-folder", Here).ManifestHash);
    }

    [Theory]
    [InlineData("train/cat/gone.png")]
    [InlineData("train/zebra")]
    public void BrokenLinksAreNamed(string link)
    {
        File.CreateSymbolicLink(Path.Combine(Here, link), "/not/there");

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));
        var left = SomeImages.Open("image-folder", Here, onBadImage: "skip");

        Assert.Equal("MM2005", fault.Code);
        Assert.Equal($"{link} cannot be read: it is a link to /not/there, which is not there", fault.Message);
        Assert.Equal([fault.Message], left.Unreadable);
        Assert.Equal(9, left.Train.Count);
    }

    [Theory]
    [InlineData(@"train/ni\361o")]
    [InlineData(@"test/owl/caf\351.png")]
    public void NameThatIsNotUtf8IsRefusedAndShown(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Names are UTF-16 there.");
        Shell($"mkdir \"$(printf '{name}')\""); // the runtime writes names in UTF-8 only, and cannot remove others

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));
        Shell($"rmdir \"$(printf '{name}')\"");

        Assert.Equal("MM2004", fault.Code);
        Assert.Contains(@"\x??", fault.Message, StringComparison.Ordinal);
        Assert.Contains("is not UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PipeIsNotWaitedForAndNamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such files there.");
        Shell("mkfifo train/cat/pipe.png");

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));

        Assert.Equal("train/cat/pipe.png cannot be read: the file is empty", fault.Message);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void ByteOrderMarkIsNoPartOfAName(string encoding)
    {
        var writer = Encoding.GetEncoding(encoding);
        File.WriteAllText(Path.Combine(Here, "classes.txt"), "cat\r\ndog\r\nowl\r\n", writer);
        var listed = SomeImages.Open("image-folder", Here);
        SomeImages.WriteLists(Here);
        foreach (var list in (string[])["train.csv", "test.csv"])
            File.WriteAllText(Path.Combine(Here, list), File.ReadAllText(Path.Combine(Here, list)), writer);

        var lists = SomeImages.Open("image-folder", Here);

        Assert.Equal(SomeImages.Classes, listed.Train.ClassNames);
        Assert.Equal(listed.ManifestHash, lists.ManifestHash);
    }

    [Fact]
    public void ListOfOtherBytesThanUtf8IsRefused()
    {
        SomeImages.WriteLists(Here);
        File.WriteAllText(Path.Combine(Here, "train.csv"), "path,label\na.png,niño\n", Encoding.Latin1);

        Assert.StartsWith("train.csv is not UTF-8", Refusal("MM2004"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("owl", "as 'cat' in line 2 and as 'owl' in line ")]
    [InlineData("cat", "twice, in lines 2 and ")]
    public void FileThatIsListedTwiceIsRefused(string label, string why)
    {
        SomeImages.WriteLists(Here);
        File.AppendAllText(
            Path.Combine(Here, "train.csv"),
            $"{label},\"./all, of them/../all, of them/train0.png\"\n"
        );

        Assert.Contains(why, Refusal("MM2004"), StringComparison.Ordinal);
    }

    [Fact]
    public void SplitsAndColumnsCanBeCalledOtherwise()
    {
        var before = SomeImages.Open("image-folder", Here);
        SomeImages.WriteLists(Here);
        File.Move(Path.Combine(Here, "test.csv"), Path.Combine(Here, "valid.csv"));
        Directory.Delete(Path.Combine(Here, "test"), recursive: true);
        var lines = File.ReadAllLines(Path.Combine(Here, "train.csv"));
        lines[0] = "species,picture";
        File.WriteAllLines(Path.Combine(Here, "train.csv"), lines);
        lines = File.ReadAllLines(Path.Combine(Here, "valid.csv"));
        lines[0] = "species,picture";
        File.WriteAllLines(Path.Combine(Here, "valid.csv"), lines);

        var refused = Assert.Throws<FaultException>(() =>
            DatasetCatalogue.Open(Named with { TestSplit = null }, 1, Here)
        );
        var data = DatasetCatalogue.Open(Named, 1, Here);

        Assert.Equal("--set dataset.split.test=valid", refused.Fix);
        Assert.Equal(before.ManifestHash, data.ManifestHash);
    }

    [Fact]
    public void FolderAboveTheSplitsIsRefusedWithTheOneThatHoldsThem()
    {
        Directory.CreateDirectory(Path.Combine(Here, "photos"));
        foreach (var split in (string[])["train", "test"])
            Directory.Move(Path.Combine(Here, split), Path.Combine(Here, "photos", split));

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));

        Assert.EndsWith(Path.Combine(Here, "photos"), fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingFolderWithoutAnImageIsRefusedWithWhatLiesThere()
    {
        Directory.Delete(Path.Combine(Here, "train"), recursive: true);
        Put("train/cat/a.heic", [1]);
        Put("train/cat/b.tiff", [1]);

        var why = Refusal("MM2001");

        Assert.StartsWith("no training image found in ", why, StringComparison.Ordinal);
        Assert.Contains(".heic files: 1 (train/cat/a.heic); .tiff files: 1", why, StringComparison.Ordinal);
    }

    private static MMOrleans.Runs.Specifications.DatasetSpecification Named =>
        SomeImages.Specification("image-folder") with
        {
            TestSplit = "valid",
            ImageColumn = "picture",
            LabelColumn = "species",
        };

    private string Refusal(string code)
    {
        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("image-folder", Here));
        Assert.Equal(code, fault.Code);
        return fault.Message;
    }

    private void Shell(string command)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = Here }
        )!;
        shell.WaitForExit();
    }

    private void Put(string path, byte[] contents)
    {
        var file = Path.Combine(Here, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, contents);
    }
}

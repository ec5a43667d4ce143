using System.Formats.Tar;
using System.Text;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

/// <summary>Shards as people write them.</summary>
public sealed class WebDatasetShardsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Here => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NumbersOfTwoDigitsAreTheSameDataSetAsFoldersOfThem()
    {
        foreach (var split in (string[])["train", "test"])
        {
            List<(string, byte[])> members = [];
            foreach (var c in Enumerable.Range(0, 13))
            {
                var folder = Directory.CreateDirectory(Path.Combine(Here, "folders", split, $"{c}")).FullName;
                File.WriteAllBytes(Path.Combine(folder, "a.png"), SomeImages.Png(c));
                members.Add(($"{c}.png", SomeImages.Png(c)));
                members.Add(($"{c}.cls", Encoding.UTF8.GetBytes($"{c:000}")));
            }

            Write($"shards/{split}-0.tar", [.. members]);
        }

        var folders = SomeImages.Open("image-folder", Path.Combine(Here, "folders"));
        var shards = SomeImages.Open("webdataset", Path.Combine(Here, "shards"));

        Assert.Equal(Enumerable.Range(0, 13).Select(c => $"{c}"), folders.Train.ClassNames);
        Assert.Equal(folders.ManifestHash, shards.ManifestHash);
    }

    [Fact]
    public void KeysMayBeginAnewInEachShard()
    {
        Write("train-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));
        Write("train-1.tar", ("0.png", SomeImages.Png(2)), ("0.cls", "1"u8.ToArray()));
        Write("test-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));

        Assert.Equal<byte>([0, 1], SomeImages.Open("webdataset", Here).Train.Labels);
    }

    [Fact]
    public void ShardsOfAnotherSplitAreCountedAndNotTaken()
    {
        Write("train-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));
        Write("train_mini-0.tar", ("0.png", SomeImages.Png(2)), ("0.cls", "0"u8.ToArray()));
        Write("test-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));

        var set = SomeImages.Open("webdataset", Here);

        Assert.Equal(1, set.Train.Count);
        Assert.Equal(
            ".tar files of no split: 1 (train_mini-0.tar)",
            Assert.Single(set.Inventory.PassedOver).ToString()
        );
    }

    [Fact]
    public void ShardsInAFolderBesideTheOthersAreCountedAndNotTaken()
    {
        Directory.CreateDirectory(Path.Combine(Here, "old"));
        Write("train-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));
        Write("old/train-0.tar", ("0.png", SomeImages.Png(2)), ("0.cls", "0"u8.ToArray()));
        Write("test-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));

        Assert.Equal(1, SomeImages.Open("webdataset", Here).Train.Count);
    }

    [Fact]
    public void ShardThatLiesThereTwiceIsRefusedWithBothNames()
    {
        Write("train-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));
        Write("train-1.tar", ("0.png", SomeImages.Png(2)), ("0.cls", "1"u8.ToArray()));
        Write("test-0.tar", ("0.png", SomeImages.Png(1)), ("0.cls", "0"u8.ToArray()));
        File.Copy(Path.Combine(Here, "train-1.tar"), Path.Combine(Here, "train-1 (1).tar"));

        var fault = Assert.Throws<FaultException>(() => SomeImages.Open("webdataset", Here));

        Assert.Equal("MM2004", fault.Code);
        Assert.StartsWith(
            "train-1.tar has the same contents as train-1 (1).tar",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ByteOrderMarkIsNoPartOfAClass()
    {
        foreach (var split in (string[])["train", "test"])
            Write(
                $"{split}.tar",
                ("1.png", SomeImages.Png(1)),
                ("1.cls", [0xEF, 0xBB, 0xBF, .. "cat\r\n"u8]),
                ("2.png", SomeImages.Png(2)),
                ("2.cls", "cat"u8.ToArray()),
                ("3.png", SomeImages.Png(3)),
                ("3.cls", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("dog")])
            );

        Assert.Equal(["cat", "dog"], SomeImages.Open("webdataset", Here).Train.ClassNames);
    }

    [Fact]
    public void ClassThatIsNoTextIsRefused()
    {
        foreach (var split in (string[])["train", "test"])
            Write($"{split}.tar", ("1.png", SomeImages.Png(1)), ("1.cls", Encoding.Latin1.GetBytes("niño")));

        Assert.StartsWith(
            "train.tar/1.cls is not UTF-8",
            Assert.Throws<FaultException>(() => SomeImages.Open("webdataset", Here)).Message,
            StringComparison.Ordinal
        );
    }

    private void Write(string name, params (string Name, byte[] Contents)[] members)
    {
        var path = Path.Combine(Here, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new TarWriter(File.Create(path));
        foreach (var (member, contents) in members)
            SomeImages.Add(writer, member, contents);
    }
}

using System.Text.Json.Nodes;
using MMOrleans.Client.Tests.Commands;
using MMOrleans.Learning.Tests.Datasets;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Client.Tests.Data;

/// <summary>Images of one's own, from the command line.</summary>
public sealed class OwnImagesTests : IDisposable
{
    private const string Small =
        "--epochs 2 --model resnet8 --batch-size 4 --trainers 1 --set method.defer_epoch=1";

    private readonly TemporaryFolder _folder = new();

    private string Here => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SameImagesTrainToTheSameBitsFromEveryFormat()
    {
        SomeImages.WriteFolders(Sub("image-folder"));
        SomeImages.WriteTars(Sub("webdataset"));
        await SomeImages.WriteParquetAsync(Sub("parquet"));
        var states = new List<string>();
        foreach (var name in (string[])["image-folder", "webdataset", "parquet"])
        {
            await RunAsync($"train --dataset {name} --data-dir {name} --name {name} {Small}");
            var shown = await RunAsync("show latest --json");
            states.Add((string)JsonNode.Parse(shown.Output)!["state_sha256"]!);
        }

        Assert.Equal(64, states[0].Length);
        Assert.Single(states.Distinct());
    }

    [Fact]
    public async Task ImagesThatAreLeftOutAreCountedAndNamedInTheRun()
    {
        SomeImages.WriteFolders(Sub("images"));
        File.WriteAllText(Path.Combine(Here, "images", "train", "dog", "004.png"), "not a picture");

        await RunAsync(
            $"train --preset own-images --data-dir images --set dataset.on_bad_image=skip {Small}"
        );

        var events = await File.ReadAllTextAsync(
            new RunCatalogue(Path.Combine(Here, "runs")).Resolve("latest").Events,
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            "MM2005 1 unreadable image is left out, the first: train/dog/004.png cannot be read",
            events,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task PlanCountsTheImages()
    {
        SomeImages.WriteFolders(Sub("images"));

        var run = await RunAsync("train --dataset image-folder --data-dir images --dry-run");

        Assert.Contains(
            "9 of 9 training images, 3 classes, largest/smallest 4/2",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AClassWithoutTestImagesIsNamedByEveryVerbAndLeftOutOfMeans()
    {
        SomeImages.WriteFolders(Sub("images"));
        Directory.Delete(Path.Combine(Here, "images", "test", "dog"), recursive: true);

        foreach (var verb in (string[])["verify", "stats --imbalance none"])
        {
            var looked = await RunAsync($"data {verb} images");
            Assert.Contains(
                "no test images: dog; its error is undefined",
                looked.Output,
                StringComparison.Ordinal
            );
            var json = JsonNode.Parse((await RunAsync($"data {verb} images --json")).Output)!;
            Assert.Equal("dog", (string?)Assert.Single(json["without_test_images"]!.AsArray()));
        }

        await RunAsync($"train --dataset image-folder --data-dir images {Small}");
        var shown = await RunAsync("show latest");
        Assert.Contains("no test images: dog", shown.Output, StringComparison.Ordinal);
        var metrics = JsonNode.Parse((await RunAsync("show latest --json")).Output)!["metrics"]!;
        var evaluated = JsonNode.Parse((await RunAsync("eval latest --json")).Output)!["metrics"]!;
        foreach (var name in (string[])["balanced_accuracy", "macro_f1", "geometric_mean", "worst_class"])
        {
            Assert.Equal((double)metrics[name]!, (double)evaluated[name]!);
            Assert.InRange((double)metrics[name]!, 0, 1);
        }
    }

    [Fact]
    public async Task VerifyNamesEveryUnreadableImage()
    {
        SomeImages.WriteFolders(Sub("images"));
        var whole = await RunAsync("data verify images");
        Assert.Contains("15 images of 3 classes can be read", whole.Output, StringComparison.Ordinal);
        foreach (var name in (string[])["train/cat/000.png", "test/owl/005.png"])
            File.WriteAllText(Path.Combine(Here, "images", name), "not a picture");

        var run = await CommandRun.OfAsync("data verify images", folder: Here);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("train/cat/000.png cannot be read", run.Error, StringComparison.Ordinal);
        Assert.Contains("test/owl/005.png cannot be read", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyTellsWhatIsNotReadInWordsAndAsJson()
    {
        SomeImages.WriteFolders(Sub("images"));
        foreach (var name in (string[])["train/cat/a.tif", "train/cat/b.tif", "train/.cache", "LICENSE"])
            File.WriteAllText(Path.Combine(Here, "images", name), "");

        var words = await RunAsync("data verify images");
        var json = JsonNode.Parse((await RunAsync("data verify images --json")).Output)!;

        Assert.Contains(".tif files", words.Output, StringComparison.Ordinal);
        Assert.Contains("train/cat/a.tif, train/cat/b.tif", words.Output, StringComparison.Ordinal);
        Assert.Equal(15, (int)json["images"]!);
        Assert.Equal(
            [(".tif files", 2), ("files without an ending", 1), ("hidden and system files", 1)],
            json["passed_over"]!.AsArray().Select(kind => ((string)kind!["kind"]!, (int)kind["count"]!))
        );
    }

    [Fact]
    public async Task VerifyNamesTheDamagedFilesOfAClassAndThatItIsEmpty()
    {
        SomeImages.WriteFolders(Sub("images"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Here, "images", "train", "owl")))
            File.WriteAllText(file, "");

        var run = await CommandRun.OfAsync("data verify images", folder: Here);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains(
            "train/owl/007.png cannot be read: the file is empty",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "train/owl/008.png cannot be read: the file is empty",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("MM2006", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data verify images")]
    [InlineData("data stats images")]
    public async Task ReadingEndsWhereItIsInterrupted(string line)
    {
        SomeImages.WriteFolders(Sub("images"));

        var run = await CommandRun.OfAsync(line, folder: Here, cancellationToken: new(canceled: true));

        Assert.Equal((130, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task StatsTellWhatIsNotCounted()
    {
        SomeImages.WriteFolders(Sub("images"));
        Directory.CreateDirectory(Path.Combine(Here, "images", "train", ".ipynb_checkpoints"));

        var words = await RunAsync("data stats images --imbalance none");
        var json = JsonNode.Parse((await RunAsync("data stats images --imbalance none --json")).Output)!;

        Assert.Contains(
            "not read: hidden and system folders: 1 (train/.ipynb_checkpoints/)",
            words.Output,
            StringComparison.Ordinal
        );
        Assert.Equal("hidden and system folders", (string)json["passed_over"]![0]!["kind"]!);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("train-0.tar.gz", "gunzip")]
    [InlineData("notes.txt", "it holds notes.txt")]
    public async Task FolderThatIsNoDataSetIsRefusedWithWhatItHolds(string name, string words)
    {
        Sub("images");
        if (name.Length > 0)
            File.WriteAllText(Path.Combine(Here, "images", name), "");

        var run = await CommandRun.OfAsync("data verify images", folder: Here);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FoldersWithoutImagesAreRefusedAndNotWhole()
    {
        Directory.CreateDirectory(Path.Combine(Here, "images", "train"));
        Directory.CreateDirectory(Path.Combine(Here, "images", "test"));

        var run = await CommandRun.OfAsync("data verify images", folder: Here);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("MM2001", run.Error, StringComparison.Ordinal);
        Assert.Contains("no training image found", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ColumnsAndSplitsAreNamedOnTheCommandLine()
    {
        SomeImages.WriteFolders(Sub("images"));
        await SomeImages.WriteParquetAsync(Sub("table"), "picture");
        Directory.Move(Path.Combine(Here, "images", "test"), Path.Combine(Here, "images", "val"));

        var refused = await CommandRun.OfAsync("data verify images", folder: Here);
        var manifests = new List<string>();
        foreach (
            var line in (string[])
                ["images --set dataset.split.test=val", "table --set dataset.columns.image=picture"]
        )
        {
            await RunAsync($"data verify {line}");
            var stats = await RunAsync($"data stats {line} --imbalance none --json");
            manifests.Add((string)JsonNode.Parse(stats.Output)!["manifest_sha256"]!);
        }

        Assert.Contains("--set dataset.split.test=val", refused.Error, StringComparison.Ordinal);
        Assert.Single(manifests.Distinct());
    }

    [Theory]
    [InlineData("--set train.epochs=3")]
    [InlineData("--set dataset.split.test=../other")]
    [InlineData("--set dataset.split.test=train")]
    [InlineData("--set dataset.nothing=1")]
    public async Task SettingsThatMeanNothingHereAreRefused(string set)
    {
        SomeImages.WriteFolders(Sub("images"));

        Assert.Equal(2, (await CommandRun.OfAsync($"data verify images {set}", folder: Here)).ExitCode);
    }

    [Fact]
    public async Task TrainSaysWhatIsNotReadAndTheRunKeepsIt()
    {
        SomeImages.WriteFolders(Sub("images"));
        File.WriteAllText(Path.Combine(Here, "images", "train", "dog", "x.tif"), "");
        File.WriteAllText(Path.Combine(Here, "images", "train", "dog", "004.png"), "not a picture");

        var run = await RunAsync(
            $"train --preset own-images --data-dir images --set dataset.on_bad_image=skip {Small}"
        );
        var shown = await RunAsync("show latest");
        var json = JsonNode.Parse((await RunAsync("show latest --json")).Output)!;

        Assert.Contains(
            "not read, as neither image nor class: .tif files: 1",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("1 image that cannot be read", shown.Output, StringComparison.Ordinal);
        Assert.Contains(".tif files: 1 (train/dog/x.tif)", shown.Output, StringComparison.Ordinal);
        Assert.Equal(1, (int)json["skipped_images"]!);
        Assert.Equal(".tif files", (string)json["passed_over"]![0]!["kind"]!);
    }

    [Fact]
    public async Task StatsCountTheClassesOfAFolder()
    {
        SomeImages.WriteFolders(Sub("images"));

        var run = await RunAsync("data stats images --imbalance none");

        Assert.All(SomeImages.Classes, name => Assert.Contains(name, run.Output, StringComparison.Ordinal));
    }

    private async Task<CommandRun> RunAsync(string line)
    {
        var run = await CommandRun.OfAsync(line, folder: Here);
        Assert.True(run.ExitCode == 0, $"{line}: {run.Error}");
        return run;
    }

    private string Sub(string name) => Directory.CreateDirectory(Path.Combine(Here, name)).FullName;
}

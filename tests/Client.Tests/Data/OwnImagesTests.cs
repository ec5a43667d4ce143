using System.Text.Json.Nodes;
using MMOrleans.Client.Tests.Commands;
using MMOrleans.Learning.RunFolders;
using MMOrleans.Learning.Tests.Datasets;

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

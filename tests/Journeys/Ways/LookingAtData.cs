using System.Text.Json.Nodes;

namespace MMOrleans.Journeys.Ways;

/// <summary>Before anything is trained.</summary>
public sealed class LookingAtData(SharedRuns shared) : Journey(shared)
{
    [Fact]
    public async Task TheSamePicturesAreOneSetInThreeFormatsAndOneResult()
    {
        await Shared.WritePicturesAsync();
        (await TypeAsync("mm data list")).Holding("image-folder", "parquet", "webdataset");
        Assert.Contains(
            "cifar10",
            (await TypeAsync("mm data list --json")).Printed,
            StringComparison.Ordinal
        );

        var hashes = new List<string>();
        var manifests = new List<string?>();
        foreach (var (format, folder) in Sets)
        {
            var images = Photographs.Counts.Sum() + (Photographs.TestImages * Photographs.Classes.Length);
            (await TypeAsync($"mm data verify '{folder}'")).Holding($"{images} images", "4 classes");
            var verified = await TypeAsync($"mm data verify '{folder}' --json");
            Assert.Equal(images, (int)verified.Json["images"]!);
            Assert.Empty(verified.Json["unreadable"]!.AsArray());

            (await TypeAsync($"mm data stats '{folder}' --imbalance none")).Holding(
                "light house",
                "75 of 75"
            );
            (await TypeAsync($"mm data stats '{folder}' --imbalance exp --ratio 8")).Holding("zebra");
            var stats = await TypeAsync($"mm data stats '{folder}' --imbalance none --json");
            manifests.Add(
                stats
                    .Printed.Replace(format, "", StringComparison.Ordinal)
                    .Replace(folder, "", StringComparison.Ordinal)
            );

            var train =
                $"mm train --dataset {format} --data-dir '{folder}' --set dataset.image_size=16 --method erm --epochs 2 --model resnet8 --batch-size 16 --trainers 1 --no-progress --name {format}";
            var plan = await TypeAsync($"{train} --dry-run");
            Assert.False(Directory.Exists(Path.Combine(Shell.Folder, "runs")), "a dry run made a folder");
            await TypeAsync(plan.Command("mm train"));
            hashes.Add(await HashAsync(format));
            Directory.Delete(Path.Combine(Shell.Folder, "runs"), recursive: true);
        }

        Assert.Single(manifests.Distinct());
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task SplitsThatAreCalledOtherwiseAreNamedAndWhatIsNotReadIsTold()
    {
        await Shared.WritePicturesAsync();
        await TypeAsync($"cp -r '{Shared.Folders}' mine && mv mine/test mine/validation");
        await TypeAsync("touch mine/train/zebra/notes.txt && mkdir mine/train/.ipynb_checkpoints");

        (await TypeAsync("mm data verify mine", exitCode: 5)).Holding("--set dataset.split.test=validation");
        (await TypeAsync("mm data verify mine --set dataset.split.test=validation")).Holding(
            "4 classes",
            ".txt files",
            "hidden"
        );
        (await TypeAsync("mm data stats mine --imbalance none --set dataset.split.test=validation")).Holding(
            "zebra",
            "75 of 75"
        );
    }

    private IEnumerable<(string Format, string Folder)> Sets =>
        [("image-folder", Shared.Folders), ("parquet", Shared.Parquet), ("webdataset", Shared.Shards)];
}

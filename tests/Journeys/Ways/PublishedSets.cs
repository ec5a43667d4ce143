namespace MMOrleans.Journeys.Ways;

/// <summary>Sets that others publish.</summary>
public sealed class PublishedSets(SharedRuns shared) : Journey(shared)
{
    [Fact]
    public async Task AMirrorOnThisMachineIsAskedAndWhatIsNotThePublishedFileIsNotKept()
    {
        await using var mirror = new Mirror(new byte[300_000]);

        (await TypeAsync("mm data fetch cifar10 --offline", exitCode: 5)).Holding("MM2001");
        var fetched = await TypeAsync(
            $"mm data fetch cifar10 --to 'my cache/cifar' --mirror {mirror.Address}",
            exitCode: 5
        );
        fetched.Holding("MM2002");
        Assert.True(mirror.Asked > 0);
        Assert.Empty(Directory.EnumerateFiles(Shell.Folder, "*", SearchOption.AllDirectories));
        (await TypeAsync("mm data fetch cifar10 --mirror http://127.0.0.1:9/x.tar.gz", exitCode: 5)).Holding(
            "127.0.0.1:9"
        );
        (await TypeAsync("mm data verify synthetic")).Holding("generated");
        (await TypeAsync("mm data stats synthetic --imbalance exp --ratio 50")).Holding("pair e2");
    }

    [Fact]
    public async Task CifarIsTrainedOnBrokenOffMovedAndGoneOnWith()
    {
        var published = Environment.GetEnvironmentVariable("MM_DATA_DIR");
        if (string.IsNullOrEmpty(published))
            Assert.Skip("MM_DATA_DIR is not set: it names the folder of the published CIFAR-10 files");
        Directory.CreateSymbolicLink(Path.Combine(Shell.Folder, "real data"), published);
        const string recipe =
            "mm train --preset cifar10-lt-100 --imbalance counts --set imbalance.counts=[120,90,70,50,40,30,20,15,10,5] --set eval.every='3 epochs' --batch-size 32 --method erm --epochs 6 --model resnet8 --no-progress";

        (await TypeAsync("mm data fetch cifar10 --offline --to 'real data/cifar-10-batches-bin'")).Holding(
            "nothing fetched"
        );
        await TypeAsync("mm data verify 'real data/cifar-10-batches-bin'");
        (await TypeAsync("mm data stats 'real data' --imbalance exp --ratio 100")).Holding("truck");
        Shell.Variables["MM_DATA_DIR"] = Path.Combine(Shell.Folder, "real data");
        (await TypeAsync("mm data list")).Holding("real data");
        (await TypeAsync($"{recipe} --dry-run")).Holding("largest/smallest");
        await TypeAsync($"{recipe} --name unbroken --trainers 1");
        await using (
            var training = Shell.Start($"{recipe} --data-dir 'real data' --trainers 2 --name broken-off")
        )
        {
            await training.SaysAsync("epoch=1/");
            training.PressControlC();
            await training.EndAsync(130);
        }

        Shell.Variables.Remove("MM_DATA_DIR");
        await TypeAsync("mv 'real data' ../elsewhere");
        await TypeAsync("mm resume broken-off --data-dir ../elsewhere --trainers 1 --no-progress");
        Assert.Equal(await HashAsync("unbroken"), await HashAsync("broken-off"));
        await TypeAsync("mm finetune broken-off --method tau-norm");
        await TypeAsync("mm eval broken-off");
    }
}
